import Diagnostics
import ModelFormats
import Testing

@Suite struct FlatBufferTests {
    /// Little-endian words of four bytes.
    private func words(_ words: [Int32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> Int32(8 * $0)) } }
    }

    /// A vtable with fields at these places of a table, and the table itself, whose fields are words.
    private func buffer(_ fields: [Int32], rest: [Int32] = []) -> [UInt8] {
        let vtable = [4 + 2 * fields.count, 4 + 4 * fields.count] + fields.indices.map { 4 + 4 * $0 }
        var bytes = vtable.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        while bytes.count % 4 != 0 { bytes.append(0) }
        return words([Int32(4 + bytes.count)]) + bytes + words([Int32(bytes.count)] + fields + rest)
    }

    @Test func `fields are read by their numbers, and may be missing`() throws {
        let table = try FlatBuffer(buffer([-7, 8, 4], rest: [3, 0x6463_6261])).root()
        #expect(try table.integer(0, fallback: Int32(0)) == -7)
        #expect(try table.string(1) == "abc")
        #expect(try table.string(2) == "abc")
        #expect(try table.bytes(2).elementsEqual("abc".utf8))
        #expect(try table.integer(9, fallback: Int32(5)) == 5)
        #expect(try table.string(9) == nil)
        #expect(try table.tables(9).isEmpty)
        #expect(try table.double(9, fallback: 0.5) == 0.5)
    }

    static let broken: [([Int32], [Int32], String)] = [
        ([1 << 30], [], "offset 16: an offset leads 1073741824 bytes beyond the data"),
        ([4], [1 << 20], "offset 20: a vector of 1048576 elements leaves the data"),
    ]

    @Test(arguments: broken)
    func `what leaves the data is an error`(fields: [Int32], rest: [Int32], message: String) throws {
        let table = try FlatBuffer(buffer(fields, rest: rest)).root()
        let error = #expect(throws: ModelFormatError.self) { try table.integers(0, of: Int32.self) }
        #expect(error?.description == message)
    }

    @Test func `a cut buffer is an error at any byte`() {
        let whole = buffer([-7, 8, 4], rest: [4, 0x6463_6261])
        for count in 0..<whole.count {
            #expect(throws: (any Error).self) {
                let table = try FlatBuffer(Array(whole[..<count])).root()
                _ = try table.string(2)
            }
        }
    }

    @Test func `tables that share what they hold are read a bounded number of times`() throws {
        let table = try FlatBuffer(buffer([4], rest: [400] + [Int32](repeating: 0, count: 100))).root()
        let error = #expect(throws: ModelFormatError.self) {
            for _ in 0..<50 { _ = try table.bytes(0) }
        }
        #expect(error?.message == "tables share too much, expected at most 4 times the size of the data")
    }
}
