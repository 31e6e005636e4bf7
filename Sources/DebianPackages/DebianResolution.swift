package import ContentStore

/// A package that a resolution chose.
package struct ResolvedPackage: Sendable, Hashable {
    /// Why a package is there.
    package enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// Somebody asked for it.
        case wanted
        /// The first package that was found to need it, and its relation.
        case dependency(of: String, relation: String)

        package var description: String {
            switch self {
            case .wanted: "wanted"
            case .dependency(let name, let relation): "`\(name)` depends on `\(relation)`"
            }
        }
    }

    package let name: String
    package let version: String
    /// The package's own, `amd64` or `all`.
    package let architecture: String
    /// The label of the archive, such as `Debian-Security`.
    package let archive: String
    package let suite: String
    /// The path below the archive's base address.
    package let path: String
    package let digest: Digest
    package let byteCount: Int
    package let section: String
    /// The source package.
    package let source: String
    /// The names of the packages that its dependencies were fulfilled by, sorted.
    package let dependsOn: [String]
    package let why: Reason
}

/// What a set of packages needs to be complete.
package struct DebianResolution: Sendable, Hashable {
    /// A dependency that is left unfulfilled because its package is excluded.
    package struct Dropped: Sendable, Hashable {
        package let package: String
        package let relation: String
    }

    /// Sorted by name.
    package let packages: [ResolvedPackage]
    /// Sorted by package.
    package let dropped: [Dropped]
}
