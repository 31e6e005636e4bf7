import Compression
import Foundation
import TestSupport
import Testing

@Suite struct GzipWriterTests {
    private func compress(_ bytes: [UInt8], threadCount: Int, piece: Int = 100_003) throws -> [UInt8] {
        var stream: [UInt8] = []
        let gzip = GzipWriter(threadCount: threadCount) { stream.append(contentsOf: $0) }
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try bytes[start..<min(start + piece, bytes.count)].withUnsafeBytes { try gzip.write($0) }
        }
        try gzip.finish()
        return stream
    }

    private func bytes(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 3)
        return (0..<count).map { _ in UInt8.random(in: 0...40, using: &random) }
    }

    @Test(arguments: [0, 1, 100, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000])
    func `gunzip undoes it, whatever the size`(count: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = bytes(count)
        try Data(compress(bytes, threadCount: 2)).write(to: URL(fileURLWithPath: folder.file("a.gz")))
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("a")))
        let compared = try runTool("gunzip -c a.gz | cmp - a", folder: folder.path)
        #expect(compared.status == 0, "\(compared.output) \(compared.errors)")
        #expect(try inflate(compress(bytes, threadCount: 2), .gzip, limit: count) == bytes)
    }

    @Test func `threads and pieces change no byte`() throws {
        let bytes = bytes(9_300_000)
        let expected = try compress(bytes, threadCount: 1)
        for (threadCount, piece) in [(2, 100_003), (3, 1 << 20), (8, 7_000_000), (64, 333_333)] {
            #expect(try compress(bytes, threadCount: threadCount, piece: piece) == expected)
        }
    }

    @Test func `the header holds no time`() throws {
        let stream = try compress(Array("hello".utf8), threadCount: 1)
        #expect(Array(stream[..<4]) == [0x1F, 0x8B, 8, 0])
        #expect(Array(stream[4..<8]) == [0, 0, 0, 0])
    }

    @Test func `what the consumer throws ends it`() throws {
        struct Full: Error {}
        let gzip = GzipWriter(threadCount: 2) { _ in throw Full() }
        #expect(throws: Full.self) {
            try bytes(9_000_000).withUnsafeBytes { try gzip.write($0) }
            try gzip.finish()
        }
    }
}
