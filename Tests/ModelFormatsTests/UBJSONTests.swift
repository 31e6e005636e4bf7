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
        (
            "[$T#l\u{0}\u{0}\u{0}\u{1}",
            "offset 4: containers of the type `T` are not supported: their elements take no bytes"
        ),
        ("[$F#i\u{0}]", "offset 4: containers of the type `F` are not supported: their elements take no bytes"),
        ("[$Z#i\u{0}]", "offset 4: containers of the type `Z` are not supported: their elements take no bytes"),
        ("{$Z#i\u{1}i\u{1}a", "offset 4: containers of the type `Z` are not supported: their elements take no bytes"),
        ("[$N#i\u{1}", "offset 5: a typed container has no count"),
        ("[$D#i\u{2}12345678", "offset 6: the data ends too soon, expected 2 elements, got 8 bytes"),
        ("[$S#i\u{2}i\u{0}i", "offset 6: the data ends too soon, expected 2 elements, got 3 bytes"),
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

    @Test(arguments: ["3.2.0/binary.ubj", "1.7.6/dart.ubj"])
    func `a damaged document is read or refused`(name: String) throws {
        let bytes = try fixture("../../ImportersTests/Fixtures/xgboost/\(name)")
        var random = SeededRandom(seed: 21)
        for _ in 0..<100 { _ = try? readUBJSON(mutated(bytes, with: &random)) }
    }

    @Test func `a small document cut or damaged anywhere is read or refused`() {
        let bytes = Array("{i\u{1}a[$d#i\u{1}\u{3F}000i\u{1}b[#i\u{2}TFi\u{1}c[$U#i\u{2}01i\u{1}dSi\u{2}hi}".utf8)
        for count in bytes.indices {
            #expect(throws: ModelFormatError.self) { try readUBJSON(Array(bytes[..<count])) }
        }
        var random = SeededRandom(seed: 22)
        for _ in 0..<20_000 { _ = try? readUBJSON(mutated(bytes, with: &random)) }
    }
}
