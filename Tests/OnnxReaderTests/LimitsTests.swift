import Diagnostics
import OnnxReader
import Testing

@Suite struct LimitsTests {
    typealias Limit = any WritableKeyPath<OnnxLimits, Int> & Sendable

    @Test func `10,000 nested graphs are an error and not the end of the stack`() throws {
        var graph: [UInt8] = []
        for _ in 0..<10_000 {
            graph = Wire.bytes(1, Wire.bytes(5, Wire.int(20, 5) + Wire.bytes(6, graph)))
        }
        let error = try #require(throws: OnnxReaderError.self) {
            try readModel(try Wire.region(Wire.model(graph: graph)))
        }
        #expect(error.code == .limit)
        #expect(error.message == "messages lie more than 100 deep inside each other")
    }

    @Test func `10,000 nested types are an error and not the end of the stack`() throws {
        var type: [UInt8] = []
        for _ in 0..<10_000 { type = Wire.bytes(4, Wire.bytes(1, type)) }
        let bytes = Wire.model(graph: Wire.bytes(11, Wire.text(1, "x") + Wire.bytes(2, type)))
        let error = try #require(throws: OnnxReaderError.self) { try readModel(try Wire.region(bytes)) }
        #expect(error.message == "messages lie more than 100 deep inside each other")
    }

    @Test(
        arguments: [
            (\OnnxLimits.fileByteCount, 8, "the file has 40 bytes, expected at most 8"),
            (\.nodeCount, 1, "offset 14: the file has more than 1 nodes"),
            (\.attributeCount, 1, "node `#1`: offset 16: the file has more than 1 attributes"),
            (\.tensorCount, 1, "node `#1`: attribute ``: offset 18: the file has more than 1 tensors"),
            (\.messageCount, 4, "offset 14: the file has more than 4 messages"),
            (\.rank, 0, "node `#0`: attribute ``: tensor ``: offset 10: a shape has more than 0 dimensions"),
            (\.textByteCount, 2, "offset 26: a string has 3 bytes, expected at most 2"),
        ] as [(Limit, Int, String)]
    )
    func `a file is held to each limit`(limit: Limit, value: Int, text: String) throws {
        let attribute = Wire.bytes(5, Wire.bytes(5, Wire.int(2, 9) + Wire.int(1, 0)))
        let graph = Wire.bytes(1, attribute) + Wire.bytes(1, attribute) + Wire.text(2, "abc")
        let bytes = Wire.model(graph: graph) + Wire.bytes(14, Wire.entry("k", "v")) + Wire.text(2, "d")
        #expect(throws: Never.self) { try readModel(try Wire.region(bytes)) }
        var limits = OnnxLimits.default
        limits[keyPath: limit] = value
        let error = try #require(throws: OnnxReaderError.self) {
            try readModel(try Wire.region(bytes), limits: limits)
        }
        #expect(error.code == .limit)
        #expect("\(error)" == text)
    }
}
