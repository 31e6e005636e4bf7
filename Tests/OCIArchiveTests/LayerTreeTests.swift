import Archives
import ContentStore
import Diagnostics
import Foundation
import OCIArchive
import OCIImage
import TestSupport
import Testing

@Suite struct LayerTreeTests {
    private func blob(_ text: String) -> LayerTree.Content {
        .file(MemoryBlob(Array(text.utf8)), byteCount: text.utf8.count)
    }

    private func paths(_ tree: LayerTree) throws -> [String] {
        let reader = try TarReader(bytes: tree.tar.bytes(limit: 1 << 20))
        var paths: [String] = []
        while let entry = try reader.next() { paths.append(entry.path) }
        return paths
    }

    @Test func `entries are sorted, with the folders above them first`() throws {
        var tree = LayerTree()
        try tree.add("usr/bin/b", blob("b"), mode: 0o755)
        try tree.add("usr/bin-a", blob("a"), mode: 0o755)
        try tree.add("etc/x", blob("x"), mode: 0o644)
        #expect(try paths(tree) == ["etc", "etc/x", "usr", "usr/bin", "usr/bin-a", "usr/bin/b"])
    }

    /// To Swift's strings these names are equal; to every file system but Apple's they are two.
    @Test func `names that differ in their bytes are two files`() throws {
        let names = ["caf\u{E9}", "cafe\u{301}"]
        var tree = LayerTree()
        for name in names { try tree.add(name, blob(name), mode: 0o644) }
        let folder = try TemporaryFolder()
        try Data(tree.tar.bytes(limit: 1 << 20)).write(to: URL(fileURLWithPath: folder.file("layer.tar")))
        let listed = try runTool("LC_ALL=C tar -tf layer.tar --quoting-style=escape", folder: folder.path)
        #expect(listed.output == "cafe\\314\\201\ncaf\\303\\251\n")
    }

    @Test func `a whiteout is told by its bytes`() throws {
        var tree = LayerTree()
        #expect(throws: OCIArchiveError.self) { try tree.add("d/.wh.\u{301}a", blob("x"), mode: 0o644) }
    }

    @Test func `the order of adding changes nothing`() throws {
        var random = SeededRandom(seed: 5)
        let names = (0..<40).map { "d\($0 % 7)/\($0 % 3)/f\($0)" }
        var digests: Set<Digest> = []
        for _ in 0..<10 {
            var tree = LayerTree()
            for name in names.shuffled(using: &random) { try tree.add(name, blob(name), mode: 0o644) }
            digests.insert(try tree.tar.digest().digest)
        }
        #expect(digests.count == 1)
    }

    @Test(arguments: [
        ("a", "path `a`: the path stands twice in one layer"),
        ("a/b", "path `a/b`: the path goes through `a`, which is no folder"),
        ("../x", "path `../x`: the path has another form, expected a relative one without `..`"),
        ("/x", "path `/x`: the path has another form, expected a relative one without `..`"),
        ("", "path ``: the path has another form, expected a relative one without `..`"),
        ("d/.wh.a", "path `d/.wh.a`: the name starts with `.wh.`, which removes files in a layer"),
    ])
    func `what a layer must not hold is refused`(path: String, words: String) throws {
        var tree = LayerTree()
        try tree.add("a", blob("1"), mode: 0o644)
        let error = #expect(throws: OCIArchiveError.self) { try tree.add(path, blob("2"), mode: 0o644) }
        #expect(error?.description == words)
    }

    @Test(arguments: [2, 4]) func `a file that changes its size is refused`(byteCount: Int) throws {
        var tree = LayerTree()
        try tree.add("a", .file(MemoryBlob([1, 2, 3]), byteCount: byteCount), mode: 0o644)
        let error = #expect(throws: OCIArchiveError.self) { try tree.tar.digest() }
        #expect(error?.description == "path `a`: the file changed its size while it was read")
    }

    @Test(arguments: LayerCompression.allCases)
    func `a layer has the diff_id of its tar, however it is stored`(compression: LayerCompression) throws {
        let folder = try TemporaryFolder()
        let store = try ContentStore(root: folder.file("store"))
        var tree = LayerTree()
        try tree.add("a", blob(String(repeating: "hello ", count: 1000)), mode: 0o644)
        let layer = try tree.layer(compression: compression, createdBy: "test", in: store)
        #expect(layer.descriptor.mediaType == compression.mediaType)
        #expect(layer.diffID == (try tree.tar.digest().digest))
        #expect(try layer.blob.digest().digest == layer.descriptor.digest)
        #expect(try tree.layer(compression: compression, createdBy: "test", in: store).descriptor == layer.descriptor)
        guard let tool = [.gzip: "gunzip", .zstd: "unzstd"][compression], hasTool(tool) else { return }
        let path = store.path(of: layer.descriptor.digest)
        let sum = try runTool("\(tool) -c <\"$1\" | sha256sum | cut -d' ' -f1", [path])
        #expect(sum.output == layer.diffID.hex + "\n")
    }
}
