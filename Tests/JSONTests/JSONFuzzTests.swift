import JSON
import TestSupport
import Testing

@Suite struct JSONFuzzTests {
    private static let document = #"""
        {"id":"a\u00e9\uD83D\uDE00\n","parameters":{"binary_data_output":false,"n":-1.5e-3},"inputs":[
        {"name":"é€😀","shape":[2,2],"datatype":"FP32","data":[[1,2.25],[3e2,-0.0]]}],"outputs":[null,true,{}]}
        """#

    private func randomValue(_ generator: inout SeededRandom, depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &generator) {
        case 0: return nil
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .number(JSONNumber(Int64(bitPattern: generator.next())))
        case 3: return JSONValue(Double(bitPattern: generator.next()))
        case 4:
            let scalars = (0..<Int.random(in: 0..<6, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &generator) >> UInt32(generator.next() % 15))
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<5, using: &generator)).map { _ in randomValue(&generator, depth: depth + 1) }
            )
        default:
            var object = JSONObject()
            for index in 0..<Int.random(in: 0..<12, using: &generator) {
                object["\(index)\u{1F}é\""] = randomValue(&generator, depth: depth + 1)
            }
            return .object(object)
        }
    }

    @Test func `what is written reads back equal, in every style`() throws {
        var generator = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let value = randomValue(&generator)
            #expect(try JSONValue.parse(value.serialized(.compact)) == value)
            #expect(try JSONValue.parse(value.serialized(.pretty)) == value)
            let canonical = value.serialized(.canonical)
            #expect(try JSONValue.parse(canonical).serialized(.canonical) == canonical)
        }
    }

    @Test func `a text that is cut anywhere is refused`() {
        let bytes = Array(Self.document.utf8)
        #expect(throws: Never.self) { try JSONValue.parse(bytes) }
        for count in bytes.indices {
            #expect(throws: JSONError.self, "\(count)") { try JSONValue.parse(Array(bytes[..<count])) }
        }
    }

    @Test func `changed bytes are read or refused, and skipping judges as reading does`() throws {
        var generator = SeededRandom(seed: 2)
        let original = Array(Self.document.utf8)
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8(truncatingIfNeeded: generator.next())
            }
            let wasRead = (try? JSONValue.parse(bytes)) != nil
            let wasSkipped: Bool
            do throws(JSONError) {
                var cursor = try JSONCursor(bytes)
                try cursor.skip()
                try cursor.finish()
                wasSkipped = true
            } catch {
                wasSkipped = false
            }
            #expect(wasRead == wasSkipped)
        }
    }
}
