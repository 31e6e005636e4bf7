package import ContentStore

/// A wheel that a resolution chose: enough to find it again, and to know that it is the same.
package struct LockedWheel: Sendable, Hashable {
    /// The name of the project in its normal form.
    package let name: String
    package let version: String
    /// The name of the file in its index.
    package let file: String
    package let digest: Digest
    package let byteCount: Int
    /// The names of the packages that it requires on the target, sorted.
    package let requires: [String]

    /// A wheel of a lock.
    package init(
        name: String,
        version: String,
        file: String,
        digest: Digest,
        byteCount: Int,
        requires: [String]
    ) {
        self.name = name
        self.version = version
        self.file = file
        self.digest = digest
        self.byteCount = byteCount
        self.requires = requires
    }
}
