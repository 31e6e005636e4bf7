import Diagnostics
import ModelFormats
import TestSupport
import Testing

@Suite struct UBJSONTests {
    @Test func `each kind of value is read`() throws {
        let bytes: [UInt8] =
            Array("{i".utf8) + [1] + Array("aZi".utf8) + [1] + Array("bTi".utf8) + [1] + Array("cSi".utf8) + [2]
            + Array("hiU".utf8) + [1] + Array("d[".utf8) + [0x55, 200, 0x69, 0xFE] + Array("]i".utf8) + [1]
            + Array("e[$d#i".utf8) + [1, 0x3F, 0xC0, 0, 0] + Array("i".utf8) + [1] + Array("f[[]T]".utf8)
            + Array("}".utf8)
        let document = try readUBJSON(bytes)
        #expect(document["c"]?.string == "hi")
        #expect(document["d"]?.numbers == [200, -2])
        #expect(document["e"]?.numbers == [1.5])
        #expect(document["f"]?.elements?.count == 2)
        guard case .null? = document["a"], case .bool(true)? = document["b"] else {
            Issue.record("a or b is of another kind")
            return
        }
    }

    @Test(arguments: [
        ("", "offset 0: the data ends too soon, expected 1 byte, got 0"),
        ("x", "offset 0: `0x78` is not a marker of UBJSON"),
        ("ZZ", "offset 1: 1 bytes follow the document, expected the end"),
        ("[$d#i\u{7F}", "offset 6: the data ends too soon, expected 127 elements, got 0 bytes"),
        ("[$di", "offset 4: a typed container has no count"),
        ("S]", "offset 2: a length is not a whole number from 0"),
        ("{i\u{1}aZi\u{1}aZ}", "offset 6: key `a` stands twice"),
    ])
    func `what is wrong is named with its offset`(text: String, message: String) {
        let error = #expect(throws: ModelFormatError.self) { try readUBJSON(Array(text.utf8)) }
        #expect(error?.description == message)
    }

    @Test func `depth is bounded`() {
        let error = #expect(throws: ModelFormatError.self) {
            try readUBJSON([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
        }
        #expect(error?.description == "offset 65: values nest too deep, expected at most 64 levels")
    }
}
