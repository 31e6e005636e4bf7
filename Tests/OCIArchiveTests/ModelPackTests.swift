import ContentStore
import Diagnostics
import Foundation
import JSON
import OCIArchive
import OCIImage
import TestSupport
import Testing

@Suite struct ModelPackTests {
    private let folder: TemporaryFolder
    private let store: ContentStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ContentStore(root: folder.file("store"))
    }

    private func layer(
        _ files: [(path: String, text: String)],
        compression: LayerCompression = .none
    ) throws -> ImageLayer {
        var tree = LayerTree()
        for file in files {
            let bytes = Array(file.text.utf8)
            try tree.add(file.path, .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644)
        }
        return try tree.layer(compression: compression, createdBy: "test", in: store)
    }

    private func image(_ layers: ImageLayer...) -> Image {
        var config = ImageConfig()
        config.labels = [
            "dev.mlpack.model.name": "iris", "org.opencontainers.image.version": "2",
            "org.opencontainers.image.licenses": "MIT",
        ]
        return Image(config: config, layers: layers)
    }

    private func listing(_ path: String) throws -> String {
        try runTool("cd \"$1\" && find . -type f | sort | xargs grep -H ''", [folder.file(path)]).output
    }

    /// The text is written by hand after docs/config.md of the model specification, its keys sorted.
    @Test func `the model of an image is an artifact of the same bytes`() throws {
        let server = try layer([("bin/serve", "x")], compression: .gzip)
        let model = try layer([("models/iris/1/model.onnx", "weights")])
        let artifact = try modelPackArtifact(of: image(server, model))
        let stored = try #require(artifact.manifest.layers.first)
        #expect(artifact.manifest.layers.count == 1)
        #expect(stored.digest == model.descriptor.digest)
        #expect(stored.mediaType.rawValue == "application/vnd.cncf.model.weight.v1.tar")
        #expect(stored.annotations == ["org.cncf.model.filepath": "models/iris/1/model.onnx"])
        #expect(artifact.manifest.json["artifactType"]?.string == "application/vnd.cncf.model.manifest.v1+json")
        #expect(artifact.manifest.config.mediaType.rawValue == "application/vnd.cncf.model.config.v1+json")
        let config = try #require(artifact.blob(artifact.manifest.config.digest)).bytes(limit: 1 << 16)
        #expect(
            String(decoding: config, as: UTF8.self) == """
                {"config":{"format":"onnx"},"descriptor":{"createdAt":"1970-01-01T00:00:00Z","licenses":["MIT"],\
                "name":"iris","version":"2"},"modelfs":{"diffIds":["\(model.diffID)"],"type":"layers"}}
                """
        )
    }

    @Test(arguments: LayerCompression.allCases)
    func `what was made an artifact is extracted as from the image`(compression: LayerCompression) throws {
        let files = [("models/iris/1/model.onnx", "weights"), ("models/iris/1/a/data.bin", "data")]
        let image = image(try layer([("bin/serve", "x")]), try layer(files, compression: compression))
        let artifact = try modelPackArtifact(of: image)
        #expect(artifact.manifest.layers[0].annotations == ["org.cncf.model.filepath": "models/iris/1"])
        let extraction = try ImageExtraction(model: artifact, to: folder.file("model"))
        #expect(try extraction.run().fileCount == 2)
        #expect(try listing("model") == "./iris/1/a/data.bin:data\n./iris/1/model.onnx:weights\n")
        // The layout holds the image and the artifact beside each other, with one blob for the model.
        try LayoutFolderSink().write(image, names: [ImageReference(parsing: "iris:1")], to: folder.file("layout"))
        try LayoutFolderSink().write(
            artifact,
            names: [ImageReference(parsing: "iris:model")],
            to: folder.file("layout")
        )
        let layout = try ImageLayout(folder.file("layout"))
        #expect(try layout.artifact(layout.root(named: "model")).digest == artifact.digest)
        #expect(try layout.image(layout.root(named: "1")).digest == image.digest)
        let counted = try runTool("ls layout/blobs/sha256 | wc -l", folder: folder.path)
        #expect(counted.output == "6\n")
    }

    @Test func `an image whose layers hold more than models gives no artifact`() throws {
        let error = #expect(throws: OCIArchiveError.self) {
            try modelPackArtifact(of: image(layer([("models/a", "1"), ("bin/a", "2")])))
        }
        #expect(
            error?.description == "no layer of the image is of a model, expected one with all files in `/models`"
        )
    }

    /// An artifact of the layers that other tools write: single files with the path in an annotation, and tars.
    private func artifact(_ layers: [(type: String, path: String?, layer: ImageLayer)]) -> Artifact {
        let config = Array("{}".utf8)
        var blobs: [Digest: any BlobSource] = [Digest(of: config): MemoryBlob(config)]
        let descriptors = layers.map { layer in
            var descriptor = layer.layer.descriptor
            descriptor.mediaType = MediaType(rawValue: "application/vnd.cncf.model.\(layer.type)")
            descriptor.annotations = layer.path.map { ["org.cncf.model.filepath": $0] } ?? [:]
            blobs[descriptor.digest] = layer.layer.blob
            return descriptor
        }
        return Artifact(
            manifest: ImageManifest(
                config: Descriptor(mediaType: .modelConfig, digest: Digest(of: config), byteCount: config.count),
                layers: descriptors,
                artifactType: ModelPack.artifactType
            ),
            blobs: blobs
        )
    }

    private func raw(_ text: String) -> ImageLayer {
        let bytes = Array(text.utf8)
        return ImageLayer(
            descriptor: Descriptor(mediaType: .layer, digest: Digest(of: bytes), byteCount: bytes.count),
            diffID: Digest(of: bytes),
            history: ImageConfig.History(createdBy: ""),
            blob: MemoryBlob(bytes)
        )
    }

    @Test func `artifacts of other tools are extracted`() throws {
        let other = artifact([
            ("weight.v1.raw", "onnx/model.onnx", raw("weights")),
            ("weight.config.v1.raw", "config.json", raw("{}")),
            ("doc.v1.tar", "README.md", try layer([("README.md", "read me")])),
            ("code.v1.tar+gzip", nil, try layer([("run.py", "pass")], compression: .gzip)),
            ("dataset.v1.tar+zstd", nil, try layer([("data/a", "1")], compression: .zstd)),
        ])
        let extraction = try ImageExtraction(model: other, to: folder.file("model"))
        #expect(try extraction.run().fileCount == 5)
        #expect(
            try listing("model") == """
                ./README.md:read me
                ./config.json:{}
                ./data/a:1
                ./onnx/model.onnx:weights
                ./run.py:pass

                """
        )
    }

    @Test(arguments: [
        ("weight.v1.raw", "../x", "path `../x`: the path has another form, expected a relative one without `..`"),
        ("weight.v1.raw", "/x", "path `/x`: the path has another form, expected a relative one without `..`"),
        ("weight.v1.raw", nil, "there is no annotation `org.cncf.model.filepath`"),
        ("weight.v2.ext4", "a", "media type `application/vnd.cncf.model.weight.v2.ext4` is none of ModelPack's"),
    ])
    func `what cannot be extracted safely is refused`(type: String, path: String?, words: String) throws {
        let layer = raw("x")
        let error = #expect(throws: OCIArchiveError.self) {
            try ImageExtraction(model: artifact([(type, path, layer)]), to: folder.file("model"))
        }
        #expect(error?.description == "layer `\(layer.descriptor.digest)`: \(words)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("model")))
    }
}
