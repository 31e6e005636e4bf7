/// Some bytes of a file, one after the other.
package struct FileRange: Sendable, Hashable {
    package let path: String
    package let offset: Int
    package let byteCount: Int

    /// A part of a file.
    package init(path: String, offset: Int, byteCount: Int) {
        self.path = path
        self.offset = offset
        self.byteCount = byteCount
    }
}
