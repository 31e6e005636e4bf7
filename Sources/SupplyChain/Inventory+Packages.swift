import Diagnostics
import TextFormats

extension Inventory.Component {
    /// The Debian package of a paragraph of dpkg's database; `nil` when it is not installed.
    ///
    /// *Source*: Debian Policy 5.3, dpkg's `status` with its field `Status`, which a paragraph of `status.d` has not.
    static func debian(_ fields: FieldParagraph) -> Inventory.Component? {
        guard let name = fields["package"], let version = fields["version"] else { return nil }
        if let status = fields["status"], !status.hasSuffix(" installed") { return nil }
        let source = fields["source"]?.split(separator: " ").first.map(String.init)
        let needed = ["depends", "pre-depends"].compactMap { fields[$0] }.flatMap { $0.split(separator: ",") }
        return Inventory.Component(
            name,
            version: version,
            kind: .debian(
                architecture: fields["architecture"] ?? "all",
                source: source ?? name
            ),
            supplier: fields["maintainer"],
            dependsOn: needed.flatMap { $0.split(separator: "|") }.compactMap { packageName($0, ends: " (:[<") }
        )
    }

    /// The Python distribution of a `METADATA` file.
    ///
    /// *Source*: Core metadata specifications 2.4; before `License-Expression`, licences stood in `License`, which may hold
    /// their whole text, and in classifiers.
    static func python(_ fields: FieldParagraph) -> Inventory.Component? {
        guard let name = fields["name"], let version = fields["version"] else { return nil }
        let classified = fields.values("classifier").filter { $0.hasPrefix("License ::") }
            .compactMap { $0.split(separator: ":").last.map { String($0).trimmingSpaces } }
        let words = fields["license"].flatMap { $0.contains("\n") || $0.utf8.count > 100 ? nil : $0 }
        let licenses = fields["license-expression"].map { [$0] } ?? words.map { [$0] } ?? classified
        return Inventory.Component(
            name,
            version: version,
            kind: .python,
            licenses: licenses.filter { $0 != "UNKNOWN" && $0 != "OSI Approved" },
            supplier: fields["author"] ?? fields["maintainer"] ?? fields["author-email"],
            dependsOn: fields.values("requires-dist").filter { !$0.contains("extra ==") }
                .compactMap { packageName($0[...], ends: " (;[<>=!~") }
        )
    }
}

private func packageName(_ text: Substring, ends: String) -> String? {
    let name = text.drop { $0 == " " || $0 == "\n" }.prefix { !ends.contains($0) && $0 != "\n" }
    return name.isEmpty ? nil : String(name)
}

/// The licences of a package's files by its `copyright` file, each once; empty when no machine is to read it.
///
/// *Source*: Debian's machine-readable copyright format 1.0: the first line of each `License` beside `Files`.
func debianLicenses(_ paragraphs: [FieldParagraph]) -> [String] {
    guard paragraphs.first?["format"]?.contains("copyright-format") == true else { return [] }
    var seen: Set<String> = []
    return paragraphs.filter { $0["files"] != nil }
        .compactMap { $0["license"]?.split(separator: "\n", omittingEmptySubsequences: false).first }
        .map { String($0).trimmingSpaces }
        .filter { !$0.isEmpty && seen.insert($0).inserted }
}
