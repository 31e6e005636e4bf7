import JSON
import Testing

@Suite struct JSONStreamTests {
    private func stream(_ counts: [Int]) -> JSONStream {
        var stream = JSONStream(["z": 1, "a": ["b": [1, [:]]]])
        stream.append("runs", [["y": 1, "x": 2]], (0..<counts[0]).lazy.map { .string("element \($0)") })
        stream.append("empty", (0..<counts[1]).lazy.map { JSONValue.string("\($0)") })
        stream.append("last", .null)
        return stream
    }

    @Test(arguments: [JSONStyle.compact, .canonical, .pretty], [[0, 0], [1, 2], [20_000, 0]])
    func `what is written piece by piece is the text of the whole`(style: JSONStyle, counts: [Int]) {
        let stream = stream(counts)
        var text: [UInt8] = []
        var pieceCount = 0
        stream.write(style) { piece in
            #expect(piece.count < 1 << 17)
            text += piece
            pieceCount += 1
        }
        #expect(text == stream.value.serialized(style))
        #expect((pieceCount > 1) == (counts[0] == 20_000))
    }

    @Test func `an object of nothing is one`() {
        var text: [UInt8] = []
        JSONStream().write(.pretty) { text += $0 }
        #expect(text == Array("{}".utf8))
    }
}
