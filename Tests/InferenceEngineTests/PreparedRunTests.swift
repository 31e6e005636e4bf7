import AllocationCounter
import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite(.serialized) struct PreparedRunTests {
    /// Two layers with activations, a residual sum and a normalisation: products, fusions and views.
    private static func model() throws -> Model {
        var graph = Graph(name: "test")
        graph.inputs = [ValueInfo(name: "x", type: .tensor(.float, shape: [.symbol("n"), .fixed(32)]))]
        graph.outputs = [ValueInfo(name: "y", type: .tensor(.float, shape: nil))]
        let weights: [Float] = (0..<1024).map { (index: Int) -> Float in Float(index * 7919 % 101 - 50) / 500 }
        let ones = [Float](repeating: 1, count: 32)
        graph.initializers = [
            OnnxTensor(name: "w", tensor: try floats(weights, [32, 32])),
            OnnxTensor(name: "b", tensor: try floats(ones)),
        ]
        graph.nodes = [
            Node("MatMul", name: "m", inputs: ["x", "w"], outputs: ["h"]),
            Node("Add", name: "a", inputs: ["h", "b"], outputs: ["i"]),
            Node("Relu", name: "r", inputs: ["i"], outputs: ["j"]),
            Node("Add", name: "s", inputs: ["j", "x"], outputs: ["k"]),
            Node("LayerNormalization", name: "l", inputs: ["k", "b", "b"], outputs: ["n"]),
            Node("Softmax", name: "t", inputs: ["n"], outputs: ["y"]),
        ]
        return Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: 17)], graph: graph)
    }

    private static func input(_ rows: Int) throws -> Tensor {
        try floats((0..<(rows * 32)).map { (index: Int) -> Float in Float(index % 13) / 7 }, [rows, 32])
    }

    @Test func `a prepared run gives what a run gives, and allocates nothing`() throws {
        var options = InferenceOptions.default
        options.threadCount = 1
        let session = try InferenceSession(try Self.model(), options: options)
        let feeds = ["x": Value.tensor(try Self.input(5))]
        let expected = try #require(try session.run(feeds)["y"]?.tensor?.region)
        let prepared = try #require(try session.prepare(feeds))
        try prepared.run()
        let output = try #require(prepared.output("y"))
        #expect(output.elementsEqual(expected.bytes))
        let before = allocation_count()
        for _ in 0..<100 { try prepared.run() }
        #expect(allocation_count() - before == 0)
    }

    @Test func `runs of several shapes share their packed weights and agree with the reference`() throws {
        let session = try InferenceSession(try Self.model())
        let reference = try InferenceSession(try Self.model(), options: .reference)
        for rows in [1, 2, 3, 7, 16, 33] {
            let feeds = ["x": Value.tensor(try Self.input(rows))]
            let optimised = try #require(try session.run(feeds)["y"]?.tensor).elements(as: Float.self)
            let interpreted = try #require(try reference.run(feeds)["y"]?.tensor).elements(as: Float.self)
            for (own, other) in zip(optimised, interpreted) { #expect(abs(own - other) < 1e-5) }
        }
    }
}
