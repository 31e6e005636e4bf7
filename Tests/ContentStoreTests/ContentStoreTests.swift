import ContentStore
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct ContentStoreTests {
    private let folder: TemporaryFolder
    private let store: ContentStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ContentStore(root: folder.file("cache/store"))
    }

    private func names(_ part: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: store.root + "/" + part).sorted()
    }

    @Test func `a blob stands under its digest, as in an OCI layout`() throws {
        let digest = try store.add(Array("abc".utf8))
        #expect(try names("blobs/sha256") == ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"])
        #expect(store.byteCount(of: digest) == 3)
        #expect(try store.read(digest, limit: 3) == Array("abc".utf8))
        #expect(FileManager.default.fileExists(atPath: store.root + "/oci-layout"))
    }

    @Test func `a blob written piece by piece is the same blob`() throws {
        let (digest, byteCount) = try store.add { write in
            for piece in ["a", "b", "c"] { try Array(piece.utf8).span.bytes.withUnsafeBytes { try write($0) } }
        }
        #expect(digest == Digest(of: Array("abc".utf8)))
        #expect(byteCount == 3)
        #expect(try names("incoming") == [])
    }

    @Test func `a blob with another digest than expected is not kept`() throws {
        let expected = Digest(of: [1])
        let error = #expect(throws: ContentStoreError.self) {
            try store.add(expecting: expected) { write in
                try [UInt8](arrayLiteral: 2).span.bytes.withUnsafeBytes { try write($0) }
            }
        }
        #expect(error?.message == "the bytes have another digest, expected `\(expected)`, got `\(Digest(of: [2]))`")
        #expect(try names("blobs/sha256") == [])
        #expect(try names("incoming") == [])
    }

    @Test func `a writer that throws leaves nothing`() throws {
        #expect(throws: CancellationError.self) { try store.add { _ in throw CancellationError() } }
        #expect(try names("incoming") == [])
    }

    @Test func `a damaged blob is found when it is read`() throws {
        let digest = try store.add(Array("abc".utf8))
        try Data("abd".utf8).write(to: URL(fileURLWithPath: store.path(of: digest)))
        let error = #expect(throws: ContentStoreError.self) { try store.read(digest, limit: 3) }
        #expect(error?.code == .digestMismatch)
    }

    @Test func `garbage collection spares what is kept and what was used lately`() throws {
        let blobs = try ["kept", "used", "old"].map { try store.add(Array($0.utf8)) }
        for blob in blobs {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -1000)],
                ofItemAtPath: store.path(of: blob)
            )
        }
        #expect(store.byteCount(of: blobs[1]) == 4)
        let removed = try store.collectGarbage(keeping: [blobs[0]], unusedForSeconds: 500)
        #expect(removed.count == 1)
        #expect(removed.byteCount == 3)
        #expect(blobs.map { store.byteCount(of: $0) != nil } == [true, true, false])
    }

    @Test func `a record is found by its key`() throws {
        let key = Digest(of: Array("inputs".utf8))
        #expect(store.record(key) == nil)
        try store.setRecord(key, [1, 2])
        #expect(store.record(key) == [1, 2])
    }
}
