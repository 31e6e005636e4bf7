import ContentStore
import Diagnostics
import Files
import OCIArchive
import OCIImage

/// Files that somebody puts into an image beside the model, such as the script that runs it.
package struct AddedFiles: Sendable {
    /// One file.
    struct File: Sendable {
        let path: String
        let source: String
        let byteCount: Int
        let isExecutable: Bool
        let digest: Digest
    }

    let files: [File]

    /// Looks at the files.
    ///
    /// *Parameter* items: a file or folder each, and the path in the image that it goes to.
    /// *Throws*: the errors of files.
    package init(_ items: [(source: String, path: String)]) throws {
        files = try items.flatMap { item -> [File] in
            let target = String(item.path.drop { $0 == "/" })
            guard isFolder(item.source) else { return [try File(path: target, source: item.source)] }
            return try filesBelow(item.source).map { name in
                try File(path: "\(target)/\(name)", source: "\(item.source)/\(name)")
            }
        }
    }

    var isEmpty: Bool { files.isEmpty }

    /// What the layer is made from.
    var inputs: [String] { files.flatMap { [$0.path, $0.isExecutable ? "755" : "644", $0.digest.description] } }

    func tree(on outline: RootOutline) throws -> LayerTree {
        var tree = LayerTree()
        for file in files {
            let content = LayerTree.Content.file(FileBlob(path: file.source), byteCount: file.byteCount)
            try outline.add(file.path, content, mode: file.isExecutable ? 0o755 : 0o644, to: &tree)
        }
        return tree
    }
}

extension AddedFiles.File {
    fileprivate init(path: String, source: String) throws {
        self.path = path
        self.source = source
        (digest, byteCount) = try digestOfFile(source)
        isExecutable = isExecutableFile(source)
    }
}
