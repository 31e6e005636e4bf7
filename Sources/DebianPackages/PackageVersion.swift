import ContentStore
import Diagnostics
import TextFormats

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

    /// Reads a paragraph of a list.
    ///
    /// *Throws*: `malformed` and `index` with the package's name.
    init(
        _ paragraph: FieldParagraph,
        archive: String,
        suite: String,
        architecture: String
    ) throws(DebianPackagesError) {
        let fields = PackageFields(paragraph, architecture: architecture)
        name = try fields.required("package")
        version = DebianVersion(try fields.required("version"))
        self.architecture = try fields.required("architecture")
        self.archive = archive
        self.suite = suite
        dependencies = try fields.groups("pre-depends") + fields.groups("depends")
        var refusals: [(field: String, relation: Relation)] = []
        for field in ["Conflicts", "Breaks"] {
            for group in try fields.groups(field.lowercased()) {
                refusals += group.alternatives.map { (field, $0) }
            }
        }
        self.refusals = refusals
        provisions = try fields.groups("provides").flatMap(\.alternatives).map { relation in
            Provision(
                name: relation.name,
                version: relation.constraint.flatMap { $0.order == .equal ? $0.version : nil }
            )
        }
        allowsAnyArchitecture = paragraph["multi-arch"] == "allowed"
        let priorities = ["required", "important", "standard", "optional"]
        priority = paragraph["priority"].flatMap { priorities.firstIndex(of: $0) } ?? 4
        section = paragraph["section"] ?? ""
        source = paragraph.words("source").first ?? name
        path = try fields.path("filename")
        digest = try fields.digest("sha256")
        byteCount = try fields.byteCount("size")
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
