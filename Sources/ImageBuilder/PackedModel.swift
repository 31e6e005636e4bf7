package import ContentStore
import Diagnostics
import Files
package import OCIArchive
import OCIImage

/// A model on its way into an image: its file, the files of its external data, and the name it is served under.
package struct PackedModel: Sendable {
    /// One file of the model.
    struct File: Sendable {
        /// The name in the image, relative to the model's version folder.
        let name: String
        let path: String
        let byteCount: Int
    }

    /// The name in the protocol's paths: `/v2/models/<name>`.
    package let name: String
    /// The digest of the `.onnx` file.
    package let digest: Digest
    let files: [File]

    /// Looks at a model's files.
    ///
    /// *Parameter* externalFiles: the files of its external data, relative to the folder of the model.
    /// *Throws*: `modelName` for a name that does not fit into a path, and the errors of files.
    package init(name: String, path: String, externalFiles: [String] = []) throws {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_.".utf8.contains(byte)
        }
        guard isPlain, !name.isEmpty, !name.hasPrefix("."), name.utf8.count <= 128 else {
            throw ImageBuilderError(
                .modelName,
                "the model's name has another form, expected up to 128 letters, digits, `-`, `_`, `.`, got `\(name)`"
            )
        }
        self.name = name
        let model = try digestOfFile(path)
        digest = model.digest
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        files =
            [File(name: "model.onnx", path: path, byteCount: model.byteCount)]
            + (try externalFiles.map { name in
                File(name: name, path: folder + name, byteCount: try digestOfFile(folder + name).byteCount)
            })
    }

    /// The layer of the model: `/models/<name>/1/model.onnx` and what belongs to it.
    ///
    /// *Throws*: the errors of layers, as for external data that is called `model.onnx` itself.
    package func tree(in modelsFolder: String = "models") throws -> LayerTree {
        var tree = LayerTree()
        for file in files {
            let content = LayerTree.Content.file(FileBlob(path: file.path), byteCount: file.byteCount)
            try tree.add("\(modelsFolder)/\(name)/1/\(file.name)", content, mode: 0o644)
        }
        return tree
    }
}
