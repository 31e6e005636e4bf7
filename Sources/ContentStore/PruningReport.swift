/// What was removed, or would be.
package struct PruningReport: Sendable {
    /// One file.
    package struct File: Sendable, Hashable {
        package let path: String
        /// The bytes that the disk gets back: none while another name leads to the file.
        package let byteCount: Int

        /// A file that goes.
        package init(path: String, byteCount: Int) {
            self.path = path
            self.byteCount = byteCount
        }
    }

    package private(set) var files: [File] = []

    /// A report of nothing yet.
    package init() {}

    /// The bytes that the disk gets back.
    package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// Takes note of a file.
    package mutating func add(_ file: File) { files.append(file) }
}
