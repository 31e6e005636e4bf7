import Compression
import Foundation
import TestSupport
import Testing

@Suite struct GzipReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ stream: [UInt8], piece: Int = 1000) throws -> [UInt8] {
        var data: [UInt8] = []
        let gzip = try GzipReader { data.append(contentsOf: $0) }
        for start in stride(from: 0, to: stream.count, by: piece) {
            try stream[start..<min(start + piece, stream.count)].withUnsafeBytes { try gzip.write($0) }
        }
        try gzip.finish()
        return data
    }

    private func refusal(_ stream: [UInt8]) -> String {
        do {
            return "\(try read(stream).count) bytes"
        } catch { return "\(error)" }
    }

    /// What gzip(1) makes of two texts, one member behind the other, and the texts.
    private func members() throws -> (stream: [UInt8], data: [UInt8], firstByteCount: Int) {
        let made = try runTool(
            "seq 1 200000 >a; head -c 5 /dev/zero >b; (gzip -c a; gzip -9 -c b) >ab.gz; gzip -c a | wc -c; cat a b >ab",
            folder: folder.path
        )
        let bytes = { (name: String) in Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))) }
        let count = try #require(Int(made.output.filter(\.isNumber)), "\(made.errors)")
        return (try bytes("ab.gz"), try bytes("ab"), count)
    }

    @Test(arguments: [1, 7, 1000, 1 << 20]) func `members follow each other, in pieces of any size`(piece: Int) throws {
        let (stream, data, _) = try members()
        #expect(try read(stream, piece: piece) == data)
    }

    @Test(arguments: [[0], Array("garbage".utf8), [0x1F, 0x8B]] as [[UInt8]])
    func `what follows and is no member is refused`(tail: [UInt8]) throws {
        let stream = try members().stream
        let words = refusal(stream + tail)
        #expect(
            words.hasSuffix("what follows the end of a gzip member is none, expected the end of the file")
                || words.hasSuffix("the stream ends too soon"),
            "\(words)"
        )
    }

    @Test func `another checksum, another length and an end too soon are refused`() throws {
        let (stream, _, count) = try members()
        for (offset, words) in [(count - 5, "incorrect data check"), (count - 1, "incorrect length check")] {
            var damaged = stream
            damaged[offset] ^= 1
            #expect(refusal(damaged).hasSuffix(words), "\(refusal(damaged))")
        }
        for end in [1, count - 1, count + 1, stream.count - 1] {
            #expect(refusal(Array(stream[..<end])).hasSuffix("the stream ends too soon"))
        }
        #expect(refusal([]) == "offset 0: the stream ends too soon")
        #expect(refusal(Array("plain".utf8)).hasSuffix("incorrect header check"))
    }
}
