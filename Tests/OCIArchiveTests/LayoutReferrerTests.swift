import ContentStore
import Diagnostics
import Foundation
import JSON
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// Referrers beside an image, in each form that is a layout.
@Suite struct LayoutReferrerTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
    }

    private func image() throws -> Image {
        var tree = LayerTree()
        let text = Array("text\n".utf8)
        try tree.add("a", .file(MemoryBlob(text), byteCount: text.count), mode: 0o644)
        let store = try ContentStore(root: cache.path)
        return Image(config: ImageConfig(), layers: [try tree.layer(compression: .none, createdBy: "a", in: store)])
    }

    private func referrer(_ text: String, of image: Image) -> Referrer {
        let layer = Referrer.Layer(mediaType: MediaType(rawValue: "text/plain"), bytes: Array(text.utf8))
        return Referrer(artifactType: "application/x.test", layers: [layer], subject: image.descriptor)
    }

    private func write(_ image: Image, as name: String) throws -> String {
        let path = folder.file("out")
        let sink = try #require(imageSinks.first { $0.name == name })
        try sink.write(image, names: [ImageReference(parsing: "iris:1")], to: path)
        return path
    }

    @Test(arguments: ["archive", "oci-layout"])
    func `referrers are found by the image, and the image is found as before`(name: String) throws {
        let image = try image()
        let path = try write(image, as: name)
        let referrers = ["one", "two", "one"].map { referrer($0, of: image) }
        #expect(try add(referrers, toLayout: path) == 2)
        #expect(try add(referrers, toLayout: path) == 0)
        let layout = try ImageLayout(path)
        #expect(try layout.referrers(of: image.digest).map(\.layers) == referrers.prefix(2).map(\.layers))
        #expect(try layout.referrers(of: Digest(of: [])).isEmpty)
        #expect(try layout.root().digest == image.digest)
        #expect(try layout.root(named: "1").digest == image.digest)
        #expect(try readImage(path).digest == image.digest)
        try validate(readImage(path))
        #expect(layout.index.entries.count == 3)
    }

    @Test(arguments: ["archive", "oci-layout"])
    func `referrers that are added at the same time are all there`(name: String) async throws {
        let image = try image()
        let path = try write(image, as: name)
        let texts = (0..<16).map { "referrer \($0)" }
        try await withThrowingTaskGroup { group in
            for referrer in texts.map({ referrer($0, of: image) }) {
                group.addTask { try add([referrer], toLayout: path) }
            }
            try await group.waitForAll()
        }
        let found = try ImageLayout(path).referrers(of: image.digest).flatMap(\.layers)
        #expect(Set(found.map { String(decoding: $0.bytes, as: UTF8.self) }) == Set(texts))
    }

    @Test(arguments: ["archive", "oci-layout"]) func `skopeo takes the image by its name`(name: String) throws {
        guard hasTool("skopeo") else { return }
        let image = try image()
        let path = try write(image, as: name)
        try add([referrer("one", of: image)], toLayout: path)
        let source = name == "archive" ? "oci-archive" : "oci"
        let copied = try runTool(
            "skopeo --insecure-policy copy \"$2:$1:1\" oci:copy:1",
            [path, source],
            folder: folder.path
        )
        #expect(copied.status == 0, "\(copied.errors)")
        guard name == "archive" else { return }
        let docker = try runTool(
            "skopeo --insecure-policy copy \"docker-archive:$1\" oci:docker:1",
            [path],
            folder: folder.path
        )
        #expect(docker.status == 0, "\(docker.errors)")
    }

    @Test func `an archive stays as it was when it cannot be written anew`() throws {
        let image = try image()
        let path = try write(image, as: "archive")
        #expect(try runTool("gzip -k out && mv out.gz out", folder: folder.path).status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: OCIArchiveError.self) { try add([referrer("one", of: image)], toLayout: path) }
        #expect(error?.message == "a compressed archive is not changed here, expected a plain tar")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["out"])
    }

    @Test func `a blob of a referrer that is another is an error`() throws {
        let image = try image()
        let path = try write(image, as: "oci-layout")
        let referrer = referrer("one", of: image)
        try add([referrer], toLayout: path)
        let blob = "\(path)/blobs/sha256/\(referrer.layers[0].descriptor.digest.hex)"
        try Data("two".utf8).write(to: URL(fileURLWithPath: blob))
        let error = #expect(throws: OCIImageError.self) { try ImageLayout(path).referrers(of: image.digest) }
        #expect(error?.code == .digestMismatch)
        try FileManager.default.removeItem(atPath: blob)
        let missing = #expect(throws: OCIArchiveError.self) { try ImageLayout(path).referrers(of: image.digest) }
        #expect(missing?.message == "the blob is not there, which a referrer names")
    }

    @Test func `a referrer that announces more than fits into memory is refused`() throws {
        let image = try image()
        let layer: JSONValue = [
            "mediaType": "text/plain", "digest": .string(Digest(of: []).description), "size": 9_000_000_000_000,
        ]
        let manifest: JSONValue = [
            "schemaVersion": 2, "artifactType": "application/x.test", "layers": [layer, layer],
            "config": Referrer.Layer(mediaType: .empty, bytes: Array("{}".utf8)).descriptor.json,
            "subject": image.descriptor.json,
        ]
        let error = #expect(throws: OCIImageError.self) {
            try Referrer(manifestBytes: manifest.serialized()) { _ in Array("{}".utf8) }
        }
        #expect(error?.message == "the referrer is too large, expected at most 33554432 bytes")
    }
}
