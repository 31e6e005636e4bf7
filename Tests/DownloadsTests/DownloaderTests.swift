import ContentStore
import Diagnostics
import Downloads
import Foundation
import TestSupport
import Testing

@Suite struct DownloaderTests {
    private let folder: TemporaryFolder
    private let server: FileServer
    private let downloader: Downloader
    private let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
    private var digest: Digest { Digest(of: bytes) }

    init() throws {
        folder = try TemporaryFolder()
        server = try FileServer()
        downloader = Downloader(
            store: try ContentStore(root: folder.file("store")),
            retries: RetryPolicy(attemptCount: 4, firstDelay: 0)
        )
    }

    private func fetch(_ path: String...) throws -> [UInt8] {
        let fetched = try downloader.fetch(digest, byteCount: bytes.count, from: path.map { server.address + $0 })
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: fetched)))
    }

    @Test func `a blob is fetched once`() throws {
        server.serve("/a", bytes)
        #expect(try fetch("/a") == bytes)
        #expect(try fetch("/a") == bytes)
        #expect(server.requests == ["/a"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("store/incoming")) == [])
    }

    @Test func `the next address is asked when one does not have it`() throws {
        server.serve("/b", bytes)
        #expect(try fetch("/a", "/b") == bytes)
        #expect(server.requests == ["/a", "/b"])
    }

    @Test func `a broken transfer goes on where it broke off`() throws {
        server.serve("/a", bytes, faults: [.cut(after: 30_000), .cut(after: 20_000)])
        #expect(try fetch("/a") == bytes)
        #expect(server.requests == ["/a", "/a 30000-", "/a 50000-"])
    }

    @Test func `another process's part is taken up`() throws {
        server.serve("/a", bytes)
        let partial = downloader.store.partialPath(of: digest)
        try Data(bytes[..<60_000]).write(to: URL(fileURLWithPath: partial))
        #expect(try fetch("/a") == bytes)
        #expect(server.requests == ["/a 60000-"])
    }

    @Test func `a server without ranges is asked from the start`() throws {
        server.serve("/a", bytes, faults: [.cut(after: 30_000), .wholeFile])
        #expect(try fetch("/a") == bytes)
        #expect(server.requests.last == "/a")
    }

    @Test func `a server that always breaks is given up`() throws {
        server.serve("/a", bytes, faults: Array(repeating: .status(503), count: 9))
        let error = #expect(throws: DownloadError.self) { try fetch("/a") }
        #expect(error?.description == "`\(server.address)/a`: the server answered 503")
        #expect(server.requests.count == 4)
    }

    @Test func `other bytes of the same size are refused, and forgotten`() throws {
        server.serve("/a", bytes.map { $0 ^ 1 })
        let error = #expect(throws: DownloadError.self) { try fetch("/a") }
        #expect(
            error?.description == "`\(server.address)/a`: the file has another digest, expected 100000 bytes with "
                + "`\(digest)`, got 100000 bytes with `\(Digest(of: bytes.map { $0 ^ 1 }))`"
        )
        server.serve("/a", bytes)
        #expect(try fetch("/a") == bytes)
    }

    @Test func `a file that is larger than expected is not read to its end`() throws {
        server.serve("/a", bytes + [0])
        let error = #expect(throws: DownloadError.self) { try fetch("/a") }
        #expect(error?.description == "`\(server.address)/a`: the file is larger than expected, expected 100000 bytes")
    }

    @Test func `a file that is nowhere is named`() throws {
        let error = #expect(throws: DownloadError.self) { try fetch("/a", "/b") }
        #expect(error?.code == .notFound)
        #expect(error?.description == "`\(server.address)/b`: the server has no such file")
    }

    @Test func `nothing is fetched offline`() throws {
        let offline = Downloader(store: downloader.store, isOffline: true)
        let error = #expect(throws: DownloadError.self) {
            try offline.fetch(digest, byteCount: bytes.count, from: [server.address + "/a"])
        }
        #expect(
            error?.description == "blob `\(digest)`: the blob is not in the cache `\(downloader.store.root)`, "
                + "and nothing is fetched offline"
        )
        _ = try downloader.store.add(bytes)
        #expect(try offline.fetch(digest, byteCount: bytes.count, from: []) == downloader.store.path(of: digest))
    }

    @Test func `only web addresses are read`() throws {
        let error = #expect(throws: DownloadError.self) {
            try downloader.fetch(digest, byteCount: bytes.count, from: ["file:///etc/passwd"])
        }
        #expect(error?.code == .refused)
    }

    @Test func `bytes of an unknown digest are bounded`() throws {
        server.serve("/a", bytes)
        #expect(try downloader.bytes(at: server.address + "/a", limit: 100_000) == bytes)
        let error = #expect(throws: DownloadError.self) {
            try downloader.bytes(at: server.address + "/a", limit: 99_999)
        }
        #expect(error?.code == .tooLarge)
    }
}
