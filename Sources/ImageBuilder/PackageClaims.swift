import DebianPackages
import Diagnostics
import TextFormats

/// What a package says of files that other packages bring too.
struct PackageClaims {
    private let version: DebianVersion
    private let replaced: [Relation]

    /// Reads `Version` and `Replaces`.
    ///
    /// *Throws*: `malformed` for relations of another form.
    init(_ package: DebianPackage, architecture: String) throws {
        version = DebianVersion(package.version)
        replaced = try locating(.item("package", package.name)) { () throws(DebianPackagesError) in
            try RelationGroup.groups(package.control["replaces"] ?? "", architecture: architecture)
        }.flatMap(\.alternatives)
    }

    /// Whether this package may put its files in the place of those of another.
    ///
    /// *Source*: Debian policy, section 7.6.1.
    func replaces(_ name: String, _ other: PackageClaims) -> Bool {
        replaced.contains { $0.name == name && $0.allows(other.version) }
    }
}
