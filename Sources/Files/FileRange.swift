/// Some bytes of a file, one after the other.
package struct FileRange: Sendable {
    package let path: String
    package let offset: Int
    package let byteCount: Int
    /// What keeps a file without a name there.
    private let file: OpenFile?

    /// A part of a file.
    package init(path: String, offset: Int, byteCount: Int) {
        self.path = path
        self.offset = offset
        self.byteCount = byteCount
        file = nil
    }

    /// A part of a file that has no name, and is there as long as it is open.
    init(of file: OpenFile, offset: Int, byteCount: Int) {
        path = file.path
        self.offset = offset
        self.byteCount = byteCount
        self.file = file
    }
}

extension FileRange: Hashable {
    package static func == (left: FileRange, right: FileRange) -> Bool {
        left.path == right.path && left.offset == right.offset && left.byteCount == right.byteCount
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(path)
        hasher.combine(offset)
        hasher.combine(byteCount)
    }
}
