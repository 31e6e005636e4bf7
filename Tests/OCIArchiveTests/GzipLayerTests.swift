import ContentStore
import Foundation
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// Layers of gzip that some readers take and others refuse.
@Suite struct GzipLayerTests {
    private func refusal(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing is refused"
    }

    /// The image of a layer whose stored bytes are `change`d, with all digests right.
    private func image(storing change: ([UInt8]) -> [UInt8]) throws -> Image {
        let folder = try TemporaryFolder()
        let text = Array("text\n".utf8)
        var tree = LayerTree()
        try tree.add("a", .file(MemoryBlob(text), byteCount: text.count), mode: 0o644)
        let layer = try tree.layer(compression: .gzip, createdBy: "a", in: ContentStore(root: folder.path))
        let image = Image(config: ImageConfig(), layers: [layer])
        let old = image.manifest.layers[0]
        let bytes = change(try #require(image.blob(old.digest)).bytes(limit: 1 << 20))
        return Image(
            config: ImageConfig(),
            layers: [
                ImageLayer(
                    descriptor: Descriptor(mediaType: old.mediaType, digest: Digest(of: bytes), byteCount: bytes.count),
                    diffID: image.config.diffIDs[0],
                    history: ImageConfig.History(createdBy: "a"),
                    blob: MemoryBlob(bytes)
                )
            ]
        )
    }

    @Test func `gzip with bytes behind it or with another checksum is not valid`() throws {
        try validate(image { $0 })
        let empty: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        try validate(image { $0 + empty })
        let behind = try image { $0 + Array("garbage".utf8) }
        let place = "layer `\(behind.manifest.layers[0].digest)`: offset "
        let words = refusal { try validate(behind) }
        #expect(words.hasPrefix(place), "\(words)")
        #expect(words.hasSuffix("what follows the end of a gzip member is none, expected the end of the file"))
        let checksum = try image { $0.dropLast(8) + [$0[$0.count - 8] ^ 1] + $0.suffix(7) }
        #expect(refusal { try validate(checksum) }.hasSuffix("incorrect data check"))
    }
}
