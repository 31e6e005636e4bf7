/// A root file system whose parts are merged, and that is ready to be parted into layers.
package struct MergedFilesystem {
    let tree: RootTree
    let groups: [String: String]

    /// The number of bytes of all files.
    package var byteCount: Int {
        var byteCount = 0
        tree.forEach { _, node in
            if case .file(_, let size, _) = node.content { byteCount += size }
        }
        return byteCount
    }
}
