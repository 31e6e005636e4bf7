import ContentStore
import Diagnostics
import Foundation
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// What every sink has to do, over the list of sinks.
@Suite struct ImageSinkTests {
    private let folder: TemporaryFolder
    private let store: ContentStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ContentStore(root: folder.file("store"))
    }

    private func image(
        _ architecture: String = "amd64",
        compression: LayerCompression = .gzip
    ) throws -> Image {
        var ground = LayerTree()
        let text = Array("root:x:0:0\n".utf8)
        try ground.add("etc/passwd", .file(MemoryBlob(text), byteCount: text.count), mode: 0o644)
        try ground.add("tmp", .folder, mode: 0o1777)
        try ground.add("etc/link", .symbolicLink(target: "passwd"), mode: 0o777)
        var model = LayerTree()
        let weights = [UInt8](repeating: 7, count: 3_000_000)
        try model.add("models/iris/1/model.onnx", .file(MemoryBlob(weights), byteCount: weights.count), mode: 0o644)
        var config = ImageConfig()
        config.architecture = architecture
        config.user = "65532:65532"
        config.entrypoint = ["/usr/bin/mlpack-serve"]
        return Image(
            config: config,
            layers: [
                try ground.layer(compression: compression, createdBy: "ground", in: store),
                try model.layer(compression: .none, createdBy: "model", in: store),
            ]
        )
    }

    private func names(_ tags: String...) throws -> [ImageReference] {
        try tags.map { try ImageReference(parsing: $0) }
    }

    @Test(arguments: imageSinks.map(\.name)) func `what a sink wrote is read back, and valid`(name: String) throws {
        let sink = try #require(imageSinks.first { $0.name == name })
        let image = try image()
        try sink.write(image, names: names("iris:1"), to: folder.file("out"))
        let back = try readImage(folder.file("out"))
        #expect(back.manifest == image.manifest)
        #expect(back.config == image.config)
        try validate(back)
        let layout = try ImageLayout(folder.file("out"))
        #expect(try layout.root(named: "docker.io/library/iris:1") == layout.root(named: "1"))
        #expect(try layout.root(named: "iris:1") == layout.root(named: "1"))
        let error = #expect(throws: OCIArchiveError.self) { try layout.root(named: "iris:2") }
        #expect(error?.hint == "`--image` takes one of `docker.io/library/iris:1`")
    }

    @Test(arguments: imageSinks.map(\.name)) func `writing twice gives the same bytes`(name: String) throws {
        let sink = try #require(imageSinks.first { $0.name == name })
        for path in ["a", "b"] { try sink.write(image(), names: names("iris:1"), to: folder.file(path)) }
        #expect(try runTool("diff -r a b", folder: folder.path).status == 0)
    }

    @Test(arguments: imageSinks.map(\.name)) func `skopeo and umoci take what a sink wrote`(name: String) throws {
        guard hasTool("skopeo"), hasTool("umoci") else { return }
        let sink = try #require(imageSinks.first { $0.name == name })
        let image = try image()
        try sink.write(image, names: names("iris:1"), to: folder.file("out"))
        let transport = ["docker-archive": "docker-archive:out", "oci-layout": "oci:out:1"][name] ?? "oci-archive:out"
        if name != "docker-archive" {
            let inspected = try runTool("skopeo inspect \(transport) | jq -r .Digest", folder: folder.path)
            #expect(inspected.output == "\(image.digest)\n", "\(inspected.errors)")
        }
        // umoci is the oracle of diff_ids: it refuses a layer that unpacks to something else.
        let unpacked = try runTool(
            """
            skopeo --insecure-policy copy --quiet \(transport) oci:layout:1 &&
            umoci unpack --rootless --image layout:1 bundle &&
            cat bundle/rootfs/etc/link && stat -c '%a %s' bundle/rootfs/tmp bundle/rootfs/models/iris/1/model.onnx | head -n 2
            """,
            folder: folder.path
        )
        #expect(unpacked.status == 0, "\(unpacked.errors)")
        #expect(unpacked.output.hasPrefix("root:x:0:0\n1777 "))
        #expect(unpacked.output.hasSuffix("644 3000000\n"))
    }

    @Test func `the archive is a Docker archive too`() throws {
        guard hasTool("skopeo") else { return }
        try HybridArchiveSink().write(
            image(),
            names: names("iris:1", "ghcr.io/acme/iris:2"),
            to: folder.file("out.tar")
        )
        let copied = try runTool(
            "skopeo --insecure-policy copy --quiet docker-archive:out.tar:ghcr.io/acme/iris:2 oci:layout:1",
            folder: folder.path
        )
        #expect(copied.status == 0, "\(copied.errors)")
        let listed = try runTool(
            "tar -tf out.tar | head -n 4; tar -xOf out.tar manifest.json | jq -c '.[0].RepoTags'",
            folder: folder.path
        )
        #expect(
            listed.output == """
                oci-layout
                index.json
                manifest.json
                blobs/
                ["iris:1","ghcr.io/acme/iris:2"]

                """
        )
        let index = try runTool("tar -xOf out.tar index.json | jq -c '[.manifests[].annotations]'", folder: folder.path)
        #expect(
            index.output == """
                [{"io.containerd.image.name":"docker.io/library/iris:1","org.opencontainers.image.ref.name":"1"},\
                {"io.containerd.image.name":"ghcr.io/acme/iris:2","org.opencontainers.image.ref.name":"2"}]

                """
        )
    }

    @Test func `a part that changed after it was measured is refused, and nothing is left`() throws {
        let path = folder.file("model")
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        var tree = LayerTree()
        try tree.add("models/model", .file(FileBlob(path: path), byteCount: 3), mode: 0o644)
        let layer = try tree.layer(compression: .none, createdBy: "model", in: store)
        let image = Image(config: ImageConfig(), layers: [layer])
        try Data([1, 2, 4]).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: OCIArchiveError.self) {
            try HybridArchiveSink().write(image, names: [], to: folder.file("out.tar"))
        }
        #expect(error?.code == .changed)
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.tar")))
    }

    @Test func `a damaged archive is refused`() throws {
        try HybridArchiveSink().write(image(), names: names("iris:1"), to: folder.file("out.tar"))
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("out.tar"))))
        let cut = folder.file("cut.tar")
        for count in stride(from: 0, to: bytes.count - 2048, by: 97_001) {
            try Data(bytes[..<count]).write(to: URL(fileURLWithPath: cut))
            #expect(throws: (any Error).self) { try validate(readImage(cut)) }
        }
    }

    @Test func `an archive without an image is named`() throws {
        let made = try runTool("echo x >x && tar -cf a.tar x", folder: folder.path)
        #expect(made.status == 0)
        let error = #expect(throws: OCIArchiveError.self) { try readImage(folder.file("a.tar")) }
        #expect(
            error?.description == "`\(folder.file("a.tar"))`: there is no `index.json` in it, expected an OCI layout"
        )
    }
}
