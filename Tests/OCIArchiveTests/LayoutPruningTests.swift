import ContentStore
import Diagnostics
import Foundation
import OCIArchive
import OCIImage
import TestSupport
import Testing

@Suite struct LayoutPruningTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("layout")
    }

    private func image(_ text: String, _ architecture: String = "amd64") throws -> Image {
        var tree = LayerTree()
        let bytes = Array(text.utf8)
        try tree.add("models/a", .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644)
        var config = ImageConfig()
        config.architecture = architecture
        let store = try ContentStore(root: folder.file("store"))
        return Image(config: config, layers: [try tree.layer(compression: .gzip, createdBy: "test", in: store)])
    }

    private func blobNames() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "\(path)/blobs/sha256"))
    }

    @Test func `what the index leads to stays, through indexes and artifacts`() throws {
        let platforms = try PlatformImages([image("1"), image("2", "arm64")])
        let artifact = try modelPackArtifact(of: image("3"))
        try LayoutFolderSink().write(platforms, names: [ImageReference(parsing: "iris:1")], to: path)
        try LayoutFolderSink().write(artifact, names: [ImageReference(parsing: "iris:2")], to: path)
        let wanted = try blobNames()
        #expect(try pruneLayout(path).files.isEmpty)
        let old = try image("4")
        try LayoutFolderSink().write(old, names: [ImageReference(parsing: "iris:3")], to: path)
        try LayoutFolderSink().write(artifact, names: [ImageReference(parsing: "iris:3")], to: path)
        try Data([1]).write(to: URL(fileURLWithPath: "\(path)/blobs/sha256/.\(old.digest.hex).x1"))
        try Data([1]).write(to: URL(fileURLWithPath: "\(path)/blobs/sha256/notes.txt"))
        #expect(try pruneLayout(path, isDryRun: true).files.count == 4)
        #expect(try pruneLayout(path, unusedForSeconds: 3600).files.isEmpty)
        #expect(try pruneLayout(path).files.count == 4)
        #expect(try blobNames() == wanted.union(["notes.txt"]))
    }

    @Test func `nothing goes when a manifest is damaged`() throws {
        let image = try image("1")
        try LayoutFolderSink().write(image, names: [ImageReference(parsing: "iris:1")], to: path)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(path)/blobs/sha256/\(image.digest.hex)"))
        let before = try blobNames()
        #expect(throws: OCIArchiveError.self) { try pruneLayout(path) }
        #expect(try blobNames() == before)
    }
}
