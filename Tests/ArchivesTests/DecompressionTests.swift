import Archives
import Diagnostics
import TestSupport
import Testing

@Suite struct DecompressionTests {
    @Test(arguments: StreamCompression.allCases)
    func `a stream that Python wrote gives the data back`(compression: StreamCompression) throws {
        let bytes = try fixture("streams/data.\(compression.rawValue)")
        #expect(StreamCompression(magic: bytes) == compression)
        let data = try fixture("streams/data.bin")
        #expect(try decompress(bytes, compression, limit: data.count) == data)
    }

    @Test func `a bomb is refused before it has grown`() throws {
        let bytes = try fixture("streams/bomb.bzip2")
        let error = #expect(throws: ArchiveError.self) { try decompress(bytes, .bzip2, limit: 1000) }
        #expect(error?.description == "stream `bzip2`: the data grows too large, expected at most 1000 bytes")
    }

    @Test(arguments: StreamCompression.allCases)
    func `a stream cut in the middle never gives the whole data`(compression: StreamCompression) throws {
        let bytes = try fixture("streams/data.\(compression.rawValue)")
        let data = try fixture("streams/data.bin")
        for count in stride(from: 0, to: bytes.count / 2, by: 7) {
            let cut = try? decompress(Array(bytes[..<count]), compression, limit: 1 << 20)
            #expect(cut != data, "\(count)")
        }
    }
}
