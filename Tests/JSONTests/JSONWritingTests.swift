import JSON
import Testing

@Suite struct JSONWritingTests {
    private let value: JSONValue = ["b": [1, [], nil], "a": ["é": "\"\\\u{08}\t\n\u{0C}\r\u{1}/"], "": [:]]

    private func text(_ style: JSONStyle) -> String { String(decoding: value.serialized(style), as: UTF8.self) }

    @Test func `compact text has no white space and keeps the order`() {
        #expect(text(.compact) == #"{"b":[1,[],null],"a":{"é":"\"\\\b\t\n\f\r\u0001/"},"":{}}"#)
    }

    @Test func `canonical text sorts keys by code point`() {
        #expect(text(.canonical) == #"{"":{},"a":{"é":"\"\\\b\t\n\f\r\u0001/"},"b":[1,[],null]}"#)
        let keys: JSONValue = ["😀": 1, "\u{FFFD}": 2, "z": 3, "B": 4]
        #expect(
            String(decoding: keys.serialized(.canonical), as: UTF8.self) == "{\"B\":4,\"z\":3,\"\u{FFFD}\":2,\"😀\":1}"
        )
    }

    @Test func `pretty text has a line per value`() {
        #expect(
            text(.pretty) == #"""
                {
                  "b": [
                    1,
                    [],
                    null
                  ],
                  "a": {
                    "é": "\"\\\b\t\n\f\r\u0001/"
                  },
                  "": {}
                }
                """#
        )
    }

    @Test func `members are replaced, appended and removed in place`() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        #expect(object == ["a": 3, "c": 4])
        #expect(object.keys == ["a", "c"])
        #expect(object.count == 2 && !object.isEmpty)
    }

    @Test func `a writer puts numbers one by one`() {
        var writer = JSONWriter()
        writer.append("[")
        writer.write(Float(0.1))
        writer.append(",")
        writer.write(-Double.infinity)
        writer.append(",")
        writer.write(Int64.min)
        writer.append(",")
        writer.write(UInt64.max)
        writer.append(",")
        writer.write(true)
        writer.append("]")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"[0.1,"-Infinity",-9223372036854775808,18446744073709551615,true]"#
        )
    }
}
