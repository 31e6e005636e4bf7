import ContentStore
import Diagnostics
import Downloads
import Foundation
import ImageBuilder
import OCIArchive
import OCIImage
import OCIRegistry
import TestSupport
import Testing

@Suite struct BaseImageTests {
    private let folder: TemporaryFolder
    private let store: ContentStore
    private let platform = Platform(operatingSystem: "linux", architecture: "amd64")

    init() throws {
        folder = try TemporaryFolder()
        store = try ContentStore(root: folder.file("store"))
    }

    private func layer(_ path: String, in store: ContentStore) throws -> ImageLayer {
        var tree = LayerTree()
        let bytes = Array(path.utf8)
        try tree.add(path, .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644)
        return try tree.layer(compression: .gzip, createdBy: "add \(path)", in: store)
    }

    /// An image of two platforms, whose layers lie in another store than that of the build.
    private func images() throws -> PlatformImages {
        let other = try ContentStore(root: folder.file("other"))
        return try PlatformImages(
            ["amd64", "arm64"].map { architecture in
                var config = ImageConfig()
                config.architecture = architecture
                config.environment = ["PATH=/bin", "LANG=C"]
                config.user = "1000"
                return Image(config: config, layers: [try layer("bin/\(architecture)", in: other)])
            }
        )
    }

    private func image(on base: BaseImage) throws -> Image {
        var config = ImageConfig()
        config.environment = ["LANG=C.UTF-8"]
        return Image(
            config: config.overlaid(on: base.config),
            layers: try base.layers() + [layer("models/a", in: store)],
            annotations: base.annotations
        )
    }

    @Test(arguments: ["layout", "archive.tar"])
    func `an image is built on one of an archive or a layout`(name: String) throws {
        let images = try images()
        let sink: any ImageSink = name == "layout" ? LayoutFolderSink() : HybridArchiveSink()
        try sink.write(images, names: [ImageReference(parsing: "base:1")], to: folder.file(name))
        let source = try BaseImageSource(parsing: "\(folder.file(name))@\(images.digest)")
        let base = try source.image(for: platform, store: store)
        let image = try image(on: base)
        let below = try images.image(for: platform)
        #expect(image.manifest.layers[0] == below.manifest.layers[0])
        #expect(image.config.environment == ["PATH=/bin", "LANG=C.UTF-8"])
        #expect(image.config.user == "1000")
        #expect(image.config.history.map(\.createdBy) == ["add bin/amd64", "add models/a"])
        #expect(image.manifest.annotations["org.opencontainers.image.base.digest"] == below.digest.description)
        try validate(image)
    }

    @Test func `a base of a registry is fetched once, and mounted where the image is pushed`() throws {
        guard let server = try FaultyRegistry() else { return }
        var options = Registry.Options()
        options.credentials = CredentialFiles(environment: ["REGISTRY_AUTH_FILE": folder.file("none.json")])
        let registry = try Registry.connect(to: server.address, options: options, over: HTTPConnection())
        let images = try images()
        let elsewhere = try ContentStore(root: folder.file("elsewhere"))
        _ = try ImagePush(registry, repository: "base", store: elsewhere).run(images, tags: ["1"])
        let source = try BaseImageSource(parsing: "\(server.address)/base@\(images.digest)")
        let base = try source.image(for: platform, store: store, options: options)
        let count = server.requests.count
        #expect(try source.image(for: platform, store: store, isOffline: true).image.digest == base.image.digest)
        #expect(server.requests.count == count)
        let image = try image(on: base)
        let report = try ImagePush(registry, repository: "iris", store: store).run(PlatformImages(image), tags: ["1"])
        #expect(report.counts == [.mounted: 1, .uploaded: 2])
    }

    @Test func `a name without a digest is refused`() throws {
        let error = #expect(throws: ImageBuilderError.self) { try BaseImageSource(parsing: "debian:12") }
        #expect(error?.description == "base `debian:12`: the name has no digest, expected `name@sha256:…`")
    }

    @Test func `what the cache lacks is not fetched offline`() throws {
        let digest = Digest(of: [1])
        let source = try BaseImageSource(parsing: "registry.example/base@\(digest)")
        let error = #expect(throws: ImageBuilderError.self) {
            try source.image(for: platform, store: store, isOffline: true)
        }
        #expect(
            error?.description == "base `registry.example/base@\(digest)`: the image is not in the cache "
                + "`\(store.root)`, and nothing is fetched offline"
        )
    }

    @Test func `another platform and another digest are refused`() throws {
        let image = try images().image(for: Platform(parsing: "linux/arm64"))
        try LayoutFolderSink().write(image, names: [], to: folder.file("layout"))
        let path = folder.file("layout")
        let platforms = #expect(throws: ImageBuilderError.self) {
            try BaseImageSource(parsing: path).image(for: platform, store: store)
        }
        #expect(
            platforms?.description == "base `\(path)`: the image is for another platform, expected `linux/amd64`, "
                + "got `linux/arm64`"
        )
        let other = Digest(of: [1])
        let digests = #expect(throws: ImageBuilderError.self) {
            try BaseImageSource(parsing: "\(path)@\(other)").image(for: platform, store: store)
        }
        #expect(digests?.description == "base `\(path)@\(other)`: the image has another digest, got `\(image.digest)`")
    }
}
