import OnnxIR
import OnnxReader
import Tensors
import Testing

@Suite struct RepeatedFieldsTests {
    private func attribute(_ fields: [UInt8]) throws -> AttributeValue? {
        try readModel(try Wire.region(Wire.model(attribute: fields))).graph.nodes[0].attribute("a")?.value
    }

    @Test func `numbers come in runs, packed, and apart from each other`() throws {
        let ints = Wire.int(8, 1) + Wire.int(8, -2) + Wire.int(20, 7) + Wire.int(8, 300)
        guard case .ints([1, -2, 300, 5, 6, 7]) = try attribute(ints + Wire.bytes(8, [5, 6]) + Wire.int(8, 7)) else {
            Issue.record()
            return
        }
        let floats = Wire.float(7, 1) + Wire.float(7, -2.5) + Wire.text(13, "a") + Wire.float(7, 8) + Wire.int(20, 6)
        guard case .floats([1, -2.5, 8]) = try attribute(floats) else {
            Issue.record()
            return
        }
    }

    @Test func `a run that is cut short is an error`() throws {
        for count in 1..<4 {
            #expect(throws: OnnxReaderError.self) {
                try attribute(Wire.int(20, 6) + Wire.float(7, 1) + Wire.float(7, 1).prefix(count))
            }
        }
        #expect(throws: OnnxReaderError.self) { try attribute(Wire.int(20, 7) + Wire.int(8, 1) + [64]) }
    }

    @Test func `strings that come again are kept as often`() throws {
        let words = ["LEAF", "", "BRANCH", "LEAF", "1", "2", "3", "4", "BRANCH", "4", ""]
        let fields = words.flatMap { Wire.text(9, $0) } + Wire.int(20, 8)
        guard case .strings(let strings) = try attribute(fields) else {
            Issue.record()
            return
        }
        #expect(strings == words.map { Array($0.utf8) })
    }
}
