import ContentStore
import Diagnostics
import Foundation
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// Images of several platforms in every form, and several images in one layout.
@Suite struct SeveralPlatformsTests {
    private let folder: TemporaryFolder
    private let store: ContentStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ContentStore(root: folder.file("store"))
    }

    private func image(
        _ architecture: String = "amd64",
        text: String = "hello",
        compression: LayerCompression = .gzip
    ) throws -> Image {
        var tree = LayerTree()
        let bytes = Array(text.utf8)
        try tree.add("hello", .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644)
        var config = ImageConfig()
        config.architecture = architecture
        return Image(
            config: config,
            layers: [try tree.layer(compression: compression, createdBy: "hello", in: store)]
        )
    }

    private func names(_ tags: String...) throws -> [ImageReference] {
        try tags.map { try ImageReference(parsing: $0) }
    }

    private func sink(_ name: String) throws -> any ImageSink {
        try #require(imageSinks.first { $0.name == name })
    }

    @Test func `the order of images changes nothing, and a platform stands once`() throws {
        let (amd64, arm64) = (try image("amd64"), try image("arm64"))
        #expect(try PlatformImages([amd64, arm64]).digest == PlatformImages([arm64, amd64]).digest)
        let error = #expect(throws: OCIImageError.self) { try PlatformImages([amd64, arm64, amd64]) }
        #expect(error?.description == "there are two images for `linux/amd64`, expected one")
    }

    @Test func `attestations of buildx are no images for a platform`() throws {
        let (image, attestation) = (try image("amd64"), try image("amd64", text: "attestation"))
        let index = ImageIndex(entries: [
            ImageIndex.Entry(descriptor: image.descriptor, platform: image.config.platform),
            ImageIndex.Entry(descriptor: attestation.descriptor, platform: try Platform(parsing: "unknown/unknown")),
        ])
        let images = PlatformImages(index: index, images: [image, attestation])
        #expect(images.platformImages.map(\.digest) == [image.digest])
        #expect(PlatformImages(image).platformImages.map(\.digest) == [image.digest])
    }

    @Test(arguments: imageSinks.map(\.name).filter { $0 != "docker-archive" })
    func `every form that can holds all platforms`(name: String) throws {
        let images = try PlatformImages([image("arm64", text: "arm"), image("amd64")])
        try sink(name).write(images, names: names("iris:1", "ghcr.io/acme/iris:2"), to: folder.file("out"))
        let layout = try ImageLayout(folder.file("out"))
        for name in ["1", "2", "ghcr.io/acme/iris:2"] {
            let back = try layout.images(layout.root(named: name))
            #expect(back.digest == images.digest)
            for image in back.images { try validate(image) }
            #expect(try back.image(for: Platform(parsing: "linux/arm64")).config.architecture == "arm64")
        }
        guard hasTool("skopeo") else { return }
        let transport = name == "oci-layout" ? "oci:out:1" : "oci-archive:out:1"
        let copied = try runTool(
            """
            skopeo --insecure-policy copy --quiet --all \(transport) oci:all:1 &&
            jq -r '.manifests[0].digest' all/index.json &&
            skopeo --insecure-policy --override-arch arm64 copy --quiet \(transport) oci:one:1 &&
            skopeo inspect --config oci:one:1 | jq -r .architecture
            """,
            folder: folder.path
        )
        #expect(copied.output == "\(images.digest)\narm64\n", "\(copied.errors)")
    }

    @Test func `Docker's list in an archive names this machine's image`() throws {
        let images = try PlatformImages([image("amd64"), image("arm64"), image("s390x")])
        try HybridArchiveSink().write(images, names: names("iris:1"), to: folder.file("out.tar"))
        let listed = try runTool("tar -xOf out.tar manifest.json | jq -r '.[].Config'", folder: folder.path)
        let own = try images.image(for: .ofThisMachine)
        #expect(listed.output == "blobs/sha256/\(own.manifest.config.digest.hex)\n")
    }

    @Test func `a Docker archive refuses what it cannot hold`() throws {
        let path = folder.file("out.tar")
        let several = try PlatformImages([image("amd64"), image("arm64")])
        let platforms = #expect(throws: OCIArchiveError.self) {
            try DockerArchiveSink().write(several, names: names("iris:1"), to: path)
        }
        #expect(
            platforms?.description
                == "`\(path)`: a Docker archive holds one platform, got `linux/amd64`, `linux/arm64`"
        )
        let zstd = #expect(throws: OCIArchiveError.self) {
            try DockerArchiveSink().write(image(compression: .zstd), names: names("iris:1"), to: path)
        }
        #expect(
            zstd?.description == "`\(path)`: a Docker archive holds plain layers and those of gzip, got "
                + "`application/vnd.oci.image.layer.v1.tar+zstd`"
        )
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a layout keeps the other images in it`() throws {
        let path = folder.file("layout")
        let (first, second, third) = (try image(text: "1"), try image(text: "2"), try image(text: "3"))
        try LayoutFolderSink().write(first, names: names("iris:1"), to: path)
        try LayoutFolderSink().write(second, names: names("iris:2"), to: path)
        // The tag is the same, the repository is another: the short name moves, the full one stays.
        try LayoutFolderSink().write(third, names: names("wine:1"), to: path)
        let layout = try ImageLayout(path)
        #expect(try layout.root(named: "docker.io/library/iris:1").digest == first.digest)
        #expect(try layout.root(named: "2").digest == second.digest)
        #expect(try layout.root(named: "1").digest == third.digest)
        #expect(layout.index.entries.count == 3)
        try LayoutFolderSink().write(second, names: names("iris:1"), to: path)
        #expect(try ImageLayout(path).root(named: "docker.io/library/iris:1").digest == second.digest)
        for digest in [first, second, third].map(\.digest) {
            #expect(FileManager.default.fileExists(atPath: "\(path)/blobs/sha256/\(digest.hex)"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("layout/index.json.lock")))
    }

    @Test func `what skopeo put into a layout stays as it is`() throws {
        guard hasTool("skopeo") else { return }
        try HybridArchiveSink().write(image(text: "1"), names: names("iris:1"), to: folder.file("a.tar"))
        let copied = try runTool(
            "skopeo --insecure-policy copy --quiet oci-archive:a.tar oci:layout:old",
            folder: folder.path
        )
        #expect(copied.status == 0, "\(copied.errors)")
        try LayoutFolderSink().write(image(text: "2"), names: names("iris:2"), to: folder.file("layout"))
        let found = try runTool(
            "for tag in old 2; do skopeo inspect oci:layout:$tag | jq -r .Digest; done",
            folder: folder.path
        )
        #expect(try found.output == "\(image(text: "1").digest)\n\(image(text: "2").digest)\n", "\(found.errors)")
    }

    @Test(arguments: [
        (#"{"manifests": 1}"#, "`manifests` of the index has another type, expected an array, got a number"),
        ("{", nil),
    ])
    func `a layout whose index is damaged is left alone`(text: String, words: String?) throws {
        _ = try runTool("mkdir layout", folder: folder.path)
        let index = URL(fileURLWithPath: folder.file("layout/index.json"))
        try Data(text.utf8).write(to: index)
        let error = #expect(throws: (any Error).self) {
            try LayoutFolderSink().write(image(), names: names("iris:1"), to: folder.file("layout"))
        }
        if let words { #expect("\(try #require(error))".hasSuffix(words)) }
        #expect(try Data(contentsOf: index) == Data(text.utf8))
    }

    @Test func `blobs of a store are linked to, those of other files are copied`() throws {
        let image = try image()
        try LayoutFolderSink().write(image, names: names("iris:1"), to: folder.file("layout"))
        let layer = try #require(image.manifest.layers.first)
        let counted = try runTool("stat -c %h layout/blobs/sha256/\(layer.digest.hex)", folder: folder.path)
        #expect(counted.output == "2\n")
    }

    @Test func `a Docker archive of skopeo is read`() throws {
        guard hasTool("skopeo") else { return }
        try OCIArchiveSink().write(image(), names: names("iris:1"), to: folder.file("a.tar"))
        let copied = try runTool(
            "skopeo --insecure-policy copy --quiet oci-archive:a.tar docker-archive:b.tar:acme/iris:7",
            folder: folder.path
        )
        #expect(copied.status == 0, "\(copied.errors)")
        let layout = try ImageLayout(folder.file("b.tar"))
        let back = try layout.image(layout.root(named: "docker.io/acme/iris:7"))
        try validate(back)
        #expect(try back.config.diffIDs == image().config.diffIDs)
    }

    @Test(arguments: [
        ("{}", "the list has another form, expected an array"),
        (#"[{"Layers": []}]"#, "an image has another form, expected `Config` and `Layers`"),
        (#"[{"Config": "none.json"}]"#, "the file is not there, which the list names"),
        (#"[{"Config": "../x"}]"#, "the file is not there, which the list names"),
    ])
    func `a damaged Docker archive is refused`(list: String, words: String) throws {
        try Data(list.utf8).write(to: URL(fileURLWithPath: folder.file("manifest.json")))
        _ = try runTool("tar -cf a.tar manifest.json", folder: folder.path)
        let error = #expect(throws: OCIArchiveError.self) { try ImageLayout(folder.file("a.tar")) }
        #expect(error?.message == words)
    }
}
