import Foundation
import OnnxChecker
import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

@Suite struct MutationTests {
    @Test func `whatever the reader accepts is checked and summarised without a trap`() throws {
        var random = SeededRandom(seed: 12)
        var readCount = 0
        for rule in RuleCase.all {
            let bytes = try fixture("rules/\(rule.name).onnx")
            for _ in 0..<60 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                let region = try changed.withUnsafeBytes { try MemoryRegion.copying($0) }
                guard let model = try? readModel(region) else { continue }
                readCount += 1
                let report = CheckReport(model, path: "m.onnx")
                #expect(report.text.contains("`m.onnx`: \(report.verdict.rawValue)"))
                #expect(!ModelSummary(model, path: "m.onnx", file: region).text().isEmpty)
            }
        }
        #expect(readCount > 250)
    }

    @Test func `twenty thousand undefined values are all reported`() throws {
        var model = try readModel(path: fixturePath("rules/sound.onnx"))
        var node = model.graph.nodes[0]
        model.graph.nodes = (0..<20_000).map { index in
            node.name = "n\(index)"
            node.inputs = ["missing\(index)"]
            node.outputs = [index == 0 ? "y" : "v\(index)"]
            return node
        }
        #expect(checkModel(model).count == 20_000)
    }
}
