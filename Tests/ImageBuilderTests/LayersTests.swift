import ContentStore
import Diagnostics
import ImageBuilder
import OCIArchive
import OCIImage
import TestSupport
import Testing

@Suite struct LayersTests {
    private func root(_ sizes: [(origin: String, byteCount: Int, byte: UInt8)]) throws -> RootFilesystem {
        var root = RootFilesystem(architecture: "amd64")
        for (origin, byteCount, byte) in sizes {
            let bytes = [UInt8](repeating: byte, count: byteCount)
            try root.add("opt/\(origin)/f", .file(MemoryBlob(bytes), byteCount: byteCount), mode: 0o644, origin: origin)
        }
        try root.add("opt", .folder, mode: 0o2775, userID: 7, groupID: 8, origin: "a")
        return root
    }

    private func digests(_ root: RootFilesystem, budget: Int) throws -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for (name, tree) in try root.merged().layers(budget: budget) { digests[name] = try tree.tar.digest().digest }
        return digests
    }

    @Test func `the largest origins have layers of their own, within the budget`() throws {
        let root = try root([("a", 3 << 20, 1), ("b", 5 << 20, 1), ("c", 4 << 20, 1), ("d", 10, 1)])
        #expect(try root.merged().layers(budget: 3).map(\.name) == ["b", "c", "rest"])
        #expect(try root.merged().layers(budget: 9).map(\.name) == ["a", "b", "c", "rest"])
        #expect(try root.merged().layers(budget: 1).map(\.name) == ["rest"])
        #expect(try root.merged().layers(budget: 0).map(\.name) == ["rest"])
    }

    @Test func `another version of one origin changes one layer`() throws {
        let old = try digests(root([("a", 3 << 20, 1), ("b", 5 << 20, 1), ("d", 10, 1)]), budget: 3)
        let new = try digests(root([("a", 3 << 20, 1), ("b", 6 << 20, 2), ("d", 10, 1)]), budget: 3)
        #expect(old.count == 3)
        #expect(old.filter { new[$0.key] != $0.value }.map(\.key) == ["b"])
        let small = try digests(root([("a", 3 << 20, 1), ("b", 5 << 20, 1), ("d", 11, 1)]), budget: 3)
        #expect(old.filter { small[$0.key] != $0.value }.map(\.key) == ["rest"])
    }

    @Test func `folders have their permissions in every layer`() throws {
        let workshop = try PackageWorkshop()
        let layers = try root([("a", 3 << 20, 1), ("b", 5 << 20, 1), ("d", 10, 1)]).merged().layers(budget: 3)
        for layer in layers {
            #expect(try workshop.listing(layer.tree).contains("drwxrwsr-x 7/8 opt/"))
        }
    }

    @Test func `a hard link to a file is not one when packages part`() throws {
        let workshop = try PackageWorkshop()
        let a = try workshop.package("a", "mkdir -p usr && head -c 2000000 /dev/zero >usr/f && ln usr/f usr/g")
        var root = RootFilesystem(architecture: "amd64")
        try root.add(a)
        let layers = try root.merged().layers(budget: 2)
        #expect(layers.map(\.name) == ["a", "rest"])
        #expect(try workshop.listing(layers[0].tree).contains { $0.hasSuffix("usr/g link to usr/f") })
    }
}
