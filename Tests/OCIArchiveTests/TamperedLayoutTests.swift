import ContentStore
import Foundation
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// Layouts whose blobs are not what their names say: whoever reads one is told.
@Suite struct TamperedLayoutTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func image(_ compression: LayerCompression = .gzip) throws -> Image {
        var tree = LayerTree()
        let text = Array("text\n".utf8)
        try tree.add("models/a", .file(MemoryBlob(text), byteCount: text.count), mode: 0o644)
        let store = try ContentStore(root: folder.file("store"))
        let layer = try tree.layer(compression: compression, createdBy: "a", in: store)
        return Image(config: ImageConfig(), layers: [layer])
    }

    /// Writes an image as a layout, and puts other bytes of the same size in the place of a blob.
    private func tampered(_ digest: Digest, of image: Image, _ change: (inout [UInt8]) -> Void) throws -> ImageLayout {
        try LayoutFolderSink().write(image, names: [], to: folder.file("out"))
        let blob = URL(fileURLWithPath: folder.file("out/blobs/sha256/\(digest.hex)"))
        var bytes = Array(try Data(contentsOf: blob))
        change(&bytes)
        try FileManager.default.removeItem(at: blob)
        try Data(bytes).write(to: blob)
        return try ImageLayout(folder.file("out"))
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing is refused"
    }

    @Test func `a config of other bytes is refused where the image is opened`() throws {
        let image = try image()
        let config = image.manifest.config.digest
        let layout = try tampered(config, of: image) { $0[2] ^= 1 }
        let words = refusal { _ = try layout.image(layout.root()) }
        #expect(words.contains("blob `\(config)`: the bytes are others, expected "), "\(words)")
    }

    @Test(arguments: LayerCompression.allCases)
    func `a layer of other bytes is refused where its files are listed`(compression: LayerCompression) throws {
        let image = try image(compression)
        let layer = image.manifest.layers[0].digest
        let layout = try tampered(layer, of: image) { $0[$0.count - 1] ^= 1 }
        let opened = try layout.image(layout.root())
        let words = refusal { _ = try ImageFiles(opened) }
        #expect(words.contains("layer `\(layer)`: the bytes are others, expected "), "\(words)")
        #expect(refusal { _ = try findings(in: opened) } == words)
    }
}
