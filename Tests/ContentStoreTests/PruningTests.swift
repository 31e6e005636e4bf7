import ContentStore
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct PruningTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A store with a blob that a record names, one that none names, a record of a blob that is gone, a note that names
    /// nothing, and a download that broke off.
    private func store() throws -> (store: ContentStore, named: Digest, other: Digest) {
        let store = try ContentStore(root: folder.file("store"))
        let named = try store.add(Array("named".utf8))
        let other = try store.add(Array("other".utf8))
        let gone = Digest(of: Array("gone".utf8))
        try store.setRecord(Digest(of: [1]), Array(#"{"blob": {"digest": "\#(named)"}}"#.utf8))
        try store.setRecord(Digest(of: [2]), Array(#"{"blob": {"digest": "\#(gone)"}}"#.utf8))
        try store.setRecord(Digest(of: [3]), Array("acme/iris".utf8))
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: store.partialPath(of: gone)))
        return (store, named, other)
    }

    private func names(_ report: PruningReport) -> Set<String> {
        Set(report.files.map { $0.path.split(separator: "/").suffix(2).joined(separator: "/") })
    }

    @Test(arguments: [true, false]) func `what no record names goes`(isDryRun: Bool) throws {
        let (store, named, other) = try store()
        let report = try store.prune(isDryRun: isDryRun)
        let gone = Digest(of: Array("gone".utf8))
        #expect(
            names(report)
                == ["sha256/\(other.hex)", "incoming/\(gone.hex).partial", "records/\(Digest(of: [2]).hex)"]
        )
        #expect(report.files.first { $0.path.hasSuffix(other.hex) }?.byteCount == 5)
        #expect((store.byteCount(of: other) == nil) == !isDryRun)
        #expect(store.byteCount(of: named) == 5)
        #expect(store.record(Digest(of: [3])) != nil)
    }

    @Test func `what was used lately stays when that is asked for`() throws {
        let (store, _, other) = try store()
        #expect(try names(store.prune(unusedForSeconds: 3600)) == ["records/\(Digest(of: [2]).hex)"])
        let old = try runTool("touch -d '2 days ago' \"$1\"", [store.path(of: other)])
        #expect(old.status == 0)
        #expect(try names(store.prune(unusedForSeconds: 3600)) == ["sha256/\(other.hex)"])
    }

    @Test func `layers that were built go with their records when that is asked for`() throws {
        let (store, named, _) = try store()
        _ = try store.prune(includingNamed: true)
        #expect(store.byteCount(of: named) == nil)
        #expect(store.record(Digest(of: [1])) == nil)
        #expect(store.record(Digest(of: [3])) != nil)
    }

    @Test func `a store that is in use is left alone`() throws {
        let (store, _, other) = try store()
        let user = try ContentStore(root: store.root)
        let error = #expect(throws: ContentStoreError.self) { try store.prune() }
        #expect(error?.description == "`\(store.root)`: another process uses the cache, expected none")
        #expect(user.byteCount(of: other) == 5)
    }

    @Test func `a blob that has another name gives no byte back`() throws {
        let (store, _, other) = try store()
        _ = try runTool("ln \"$1\" \"$2\"", [store.path(of: other), folder.file("link")])
        let report = try store.prune()
        #expect(report.files.first { $0.path.hasSuffix(other.hex) }?.byteCount == 0)
    }
}
