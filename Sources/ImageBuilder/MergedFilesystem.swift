import OCIImage

/// A root file system whose parts are merged, and that is ready to be parted into layers.
package struct MergedFilesystem {
    let tree: RootTree
    let groups: [String: String]

    /// The paths of everything there is, folders included, in the order of bytes of each folder.
    package var paths: [String] {
        var paths: [String] = []
        tree.forEach { number, _ in paths.append(tree.path(of: number)) }
        return paths
    }

    /// The bytes of the file that a path leads to, through links; `nil` where there is none.
    ///
    /// *Throws*: what reading the file throws, and `malformed` for one of more than `limit` bytes.
    package func bytes(at path: String, limit: Int) throws -> [UInt8]? {
        guard let number = tree.find(RootTree.components(path)),
            case .file(let blob, _, _) = tree.nodes[number].content
        else { return nil }
        return try blob.bytes(limit: limit)
    }
}
