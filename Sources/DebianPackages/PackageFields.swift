import ContentStore
import Diagnostics
import Downloads
import TextFormats

/// The fields of a package in a list of packages, in the form that each has to have.
///
/// *Source*: Debian's repository format, "Packages" Indices.
struct PackageFields {
    private let paragraph: FieldParagraph
    private let architecture: String

    /// *Parameter* architecture: the one that relations are read for.
    init(_ paragraph: FieldParagraph, architecture: String) {
        self.paragraph = paragraph
        self.architecture = architecture
    }

    /// *Throws*: `index` for a field that is missing.
    func required(_ name: String) throws(DebianPackagesError) -> String {
        guard let value = paragraph[name] else {
            throw DebianPackagesError(.index, "the field `\(name)` is missing")
        }
        return value
    }

    /// The relations of a field; none when it is missing.
    ///
    /// *Throws*: `malformed`.
    func groups(_ name: String) throws(DebianPackagesError) -> [RelationGroup] {
        guard let text = paragraph[name] else { return [] }
        return try locating(.item("field", name)) { () throws(DebianPackagesError) in
            try RelationGroup.groups(text, architecture: architecture)
        }
    }

    /// A path below the base address of an archive.
    ///
    /// *Throws*: `index`.
    func path(_ name: String) throws(DebianPackagesError) -> String {
        let text = try required(name)
        let components = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard components.first != "", !components.contains("..") else {
            throw DebianPackagesError(
                .index,
                "the field `\(name)` climbs, expected a path below a base address, got `\(text)`"
            )
        }
        return components.drop { $0 == "." }.joined(separator: "/")
    }

    /// *Throws*: `index`.
    func digest(_ name: String) throws(DebianPackagesError) -> Digest {
        guard let digest = Digest(hex: try required(name)) else {
            throw DebianPackagesError(.index, "the field `\(name)` has another form, expected 64 digits")
        }
        return digest
    }

    /// *Throws*: `index`.
    func byteCount(_ name: String) throws(DebianPackagesError) -> Int {
        guard let byteCount = Int(try required(name)), (1...Downloader.byteLimit).contains(byteCount) else {
            throw DebianPackagesError(
                .index,
                "the field `\(name)` has another form, expected a number of bytes up to \(Downloader.byteLimit)"
            )
        }
        return byteCount
    }
}
