import Compression
import Diagnostics
import TestSupport
import Testing

@Suite struct InflateTests {
    @Test(arguments: [("data.zlib", DeflateFormat.zlib), ("data.gzip", .gzip), ("members.gzip", .gzip)])
    func `a stream that Python wrote gives the data back`(name: String, format: DeflateFormat) throws {
        let bytes = try fixture("deflate/\(name)")
        #expect(DeflateFormat(magic: bytes) == format)
        let data = try fixture("deflate/data.bin")
        #expect(try inflate(bytes, format, limit: data.count) == data)
    }

    @Test func `data one byte longer than the limit is refused`() throws {
        let bytes = try fixture("deflate/data.gzip")
        let count = try fixture("deflate/data.bin").count
        let error = #expect(throws: CompressionError.self) { try inflate(bytes, .gzip, limit: count - 1) }
        #expect(
            error?.description == "stream `gzip`: the data grows too large, expected at most \(count - 1) bytes"
        )
    }

    @Test func `a bomb is refused before it has grown`() throws {
        let bytes = try fixture("deflate/bomb.zlib")
        let error = #expect(throws: CompressionError.self) { try inflate(bytes, .zlib, limit: 1000) }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: [DeflateFormat.zlib, .gzip])
    func `a stream cut at any byte is an error`(format: DeflateFormat) throws {
        let bytes = try fixture("deflate/data.\(format.rawValue)")
        for count in bytes.indices {
            #expect(throws: CompressionError.self) { try inflate(Array(bytes[..<count]), format, limit: 1 << 20) }
        }
    }

    @Test func `a cut stream is named so`() throws {
        let bytes = try fixture("deflate/data.zlib")
        let error = #expect(throws: CompressionError.self) { try inflate(Array(bytes[..<20]), .zlib, limit: 1 << 20) }
        #expect(error?.description == "stream `zlib`: offset 20: the stream ends too soon")
    }

    @Test(arguments: 0..<200)
    func `a damaged stream gives data or an error`(seed: UInt64) throws {
        var bytes = try fixture("deflate/data.gzip")
        var random = SeededRandom(seed: seed)
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        _ = try? inflate(bytes, .gzip, limit: 1 << 20)
    }
}
