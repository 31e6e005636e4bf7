package import ContentStore
import Diagnostics
import Files
import Glibc
import OCIArchive
import OCIImage
import Threads

/// A model on its way into an image: its files, and the name and version it stands under.
package struct PackedModel: Sendable {
    /// One file of the model.
    package struct File: Sendable {
        /// The name in the image, relative to the model's version folder.
        package let name: String
        package let path: String
        package let byteCount: Int
    }

    /// The name in the protocol's paths: `/v2/models/<name>`.
    package let name: String
    /// The version in the protocol's paths: `/v2/models/<name>/versions/<version>`.
    package let version: Int
    package let files: [File]

    private let digests: Background<[Digest]>

    /// What the model is: the digest of its one file, or of the names and digests of all of them.
    ///
    /// *Throws*: the errors of reading the files, which begins when the model is looked at.
    package func digest() throws -> Digest {
        let digests = try digests.value()
        if digests.count == 1 { return digests[0] }
        return Digest(of: Array(zip(digests, files).map { "\($0)  \($1.name)\n" }.joined().utf8))
    }

    /// The folder in the image.
    package var folder: String { "models/\(name)/\(version)" }

    /// Looks at the files of an ONNX model.
    ///
    /// *Parameter* fileName: what it is called in the image; `nil` for the name that it has.
    /// *Parameter* externalFiles: the files of its external data, relative to the folder of the model.
    /// *Throws*: `modelName` for a name that does not fit into a path, and the errors of files.
    package init(
        name: String,
        version: Int = 1,
        path: String,
        fileName: String? = "model.onnx",
        externalFiles: [String] = []
    ) throws {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        try self.init(
            name: name,
            version: version,
            sources: [(fileName ?? lastName(path), path)] + externalFiles.map { ($0, folder + $0) }
        )
    }

    /// Looks at the files of any model: a file, or a folder with all that stands below it.
    ///
    /// *Throws*: `modelName`, `model` for a folder of nothing or with something in it that is neither file nor folder,
    /// and the errors of files.
    package init(name: String, version: Int = 1, anyAt path: String) throws {
        if isFolder(path) {
            try self.init(name: name, version: version, sources: filesBelow(path).map { ($0, "\(path)/\($0)") })
        } else {
            try self.init(name: name, version: version, sources: [(lastName(path), path)])
        }
        guard !files.isEmpty else { throw ImageBuilderError(.model, at: .file(path), "the folder holds no file") }
    }

    private init(name: String, version: Int, sources: [(name: String, path: String)]) throws {
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
        self.version = version
        files = try sources.map { source in
            guard let byteCount = fileByteCount(source.path) else {
                let code = isFolder(source.path) ? EISDIR : access(source.path, R_OK) == 0 ? EINVAL : errno
                throw FileError(errno: code, "reading", path: source.path)
            }
            return File(name: source.name, path: source.path, byteCount: byteCount)
        }
        digests = Background { try sources.map { try digestOfFile($0.path).digest } }
    }

    /// The layer of the model: `/models/<name>/<version>/model.onnx` and what belongs to it.
    ///
    /// *Throws*: the errors of layers, as for external data that is called `model.onnx` itself.
    func tree(on outline: RootOutline = RootOutline()) throws -> LayerTree {
        var tree = LayerTree()
        for file in files {
            let content = LayerTree.Content.file(FileBlob(path: file.path), byteCount: file.byteCount)
            try outline.add("\(folder)/\(file.name)", content, mode: 0o644, to: &tree)
        }
        return tree
    }
}

private func lastName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
