import ContentStore
import Diagnostics
import Downloads

/// One version of a package, as a list of packages has it.
struct PackageVersion: Sendable {
    /// A name that a package stands for, besides its own.
    struct Provision: Sendable, Hashable {
        let name: String
        let version: DebianVersion?
    }

    let name: String
    let version: DebianVersion
    let architecture: String
    let archive: String
    let suite: String
    /// `Pre-Depends`, then `Depends`.
    let dependencies: [RelationGroup]
    /// `Conflicts` and `Breaks`, with the name of the field.
    let refusals: [(field: String, relation: Relation)]
    let provisions: [Provision]
    /// Whether packages of another architecture may depend on it with `:any`.
    let allowsAnyArchitecture: Bool
    /// 0 for `required` to 4 for `optional` and what else there is.
    let priority: Int
    let section: String
    let source: String
    let path: String
    let digest: Digest
    let byteCount: Int

    /// Reads a stanza.
    ///
    /// *Throws*: `malformed` and `index` with the package's name.
    init(_ stanza: ControlStanza, archive: String, suite: String, architecture: String) throws(DebianPackagesError) {
        func field(_ name: String) throws(DebianPackagesError) -> String {
            guard let value = stanza[name], !value.isEmpty else {
                throw DebianPackagesError(.index, "the field `\(name)` is missing")
            }
            return value
        }
        func groups(_ name: String) throws(DebianPackagesError) -> [RelationGroup] {
            guard let text = stanza[name] else { return [] }
            return try locating(.item("field", name)) { () throws(DebianPackagesError) in
                try RelationGroup.groups(text, architecture: architecture)
            }
        }
        name = try field("package")
        version = DebianVersion(try field("version"))
        self.architecture = try field("architecture")
        self.archive = archive
        self.suite = suite
        dependencies = try groups("pre-depends") + groups("depends")
        var refusals: [(field: String, relation: Relation)] = []
        for field in ["Conflicts", "Breaks"] {
            for group in try groups(field.lowercased()) {
                refusals += group.alternatives.map { (field, $0) }
            }
        }
        self.refusals = refusals
        provisions = try groups("provides").flatMap(\.alternatives).map { relation in
            Provision(
                name: relation.name,
                version: relation.constraint.flatMap { $0.order == .equal ? $0.version : nil }
            )
        }
        allowsAnyArchitecture = stanza["multi-arch"] == "allowed"
        let priorities = ["required", "important", "standard", "optional"]
        priority = stanza["priority"].flatMap { priorities.firstIndex(of: $0) } ?? 4
        section = stanza["section"] ?? ""
        source = stanza.words("source").first ?? name
        path = try Self.path(field("filename"))
        guard let digest = Digest(hex: try field("sha256")) else {
            throw DebianPackagesError(.index, "the field `sha256` has another form, expected 64 digits")
        }
        self.digest = digest
        guard let byteCount = Int(try field("size")), (1...Downloader.byteLimit).contains(byteCount) else {
            throw DebianPackagesError(
                .index,
                "the field `size` has another form, expected a number of bytes up to \(Downloader.byteLimit)"
            )
        }
        self.byteCount = byteCount
    }

    private static func path(_ text: String) throws(DebianPackagesError) -> String {
        let components = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard components.first != "", !components.contains("..") else {
            throw DebianPackagesError(
                .index,
                "the field `filename` climbs, expected a path below a base address, got `\(text)`"
            )
        }
        return components.drop { $0 == "." }.joined(separator: "/")
    }

    /// Whether this is what a relation asks for, by its own name.
    func isNamed(by relation: Relation, architecture: String) -> Bool {
        guard name == relation.name, relation.allows(version) else { return false }
        return switch relation.qualifier {
        case .native: true
        case .any: allowsAnyArchitecture
        case .architecture(let wanted): wanted == architecture
        }
    }

    /// Whether this stands for what a relation asks for, by a name that it provides.
    ///
    /// A name without a version fulfils no relation that asks for one.
    /// *Source*: Debian policy, section 7.5.
    func provides(_ relation: Relation) -> Bool {
        guard relation.qualifier != .any else { return false }
        return provisions.contains { provision in
            guard provision.name == relation.name else { return false }
            return provision.version.map { relation.allows($0) } ?? (relation.constraint == nil)
        }
    }
}
