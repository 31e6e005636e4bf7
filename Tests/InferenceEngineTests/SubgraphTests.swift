import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct SubgraphTests {
    /// A loop whose body is given, over a state that starts as `x`.
    private func loop(_ nodes: [Node], result: String, initializers: [OnnxTensor] = []) -> Node {
        var body = Graph(name: "body", nodes: [Node("Identity", inputs: ["c"], outputs: ["d"])] + nodes)
        body.inputs = ["i", "c", "s"].map { ValueInfo(name: $0, type: nil) }
        body.outputs = ["d", result].map { ValueInfo(name: $0, type: nil) }
        body.initializers = initializers
        return Node("Loop", inputs: ["n", "", "x"], outputs: ["y"], attributes: [Attribute("body", .graph(body))])
    }

    @Test(arguments: [InferenceOptions.default, .reference])
    func `what a loop feeds stands above an initializer of the same name`(options: InferenceOptions) throws {
        let double = Node("Add", inputs: ["s", "s"], outputs: ["t"])
        let node = loop([double], result: "t", initializers: [OnnxTensor(name: "s", tensor: try floats([100]))])
        let model = model([node], inputs: ["x"], outputs: ["y"], initializers: ["n": try ints([1], [])])
        let result = try InferenceSession(model, options: options).run(["x": .tensor(floats([1]))])["y"]?.tensor
        #expect(try result?.elements(as: Float.self) == [2])
    }

    @Test func `two initializers of one name are refused`() throws {
        var twice = model([Node("Neg", inputs: ["x"], outputs: ["y"])], inputs: ["x"], outputs: ["y"])
        twice.graph.initializers = [
            OnnxTensor(name: "x", tensor: try floats([1])), OnnxTensor(name: "x", tensor: try floats([2])),
        ]
        let error = #expect(throws: EngineError.self) { try InferenceSession(twice) }
        #expect(error?.message == "value `x` is made twice")
    }

    /// Each level changes the shape of its state, so each is inferred more than once, and with it all that lie in it.
    @Test func `loops in loops are inferred within a budget`() throws {
        let concat = Attribute("axis", .int(0))
        var node = loop([Node("Concat", inputs: ["s", "s"], outputs: ["t"], attributes: [concat])], result: "t")
        for _ in 0..<24 {
            var inner = node
            inner.inputs = ["n", "", "s"]
            inner.outputs = ["r"]
            node = loop(
                [inner, Node("Concat", inputs: ["r", "r"], outputs: ["t"], attributes: [concat])],
                result: "t"
            )
        }
        let deep = model([node], inputs: ["x"], outputs: ["y"], initializers: ["n": try ints([0], [])])
        #expect(try InferredValue.all(in: deep).isEmpty == false)
        let result = try InferenceSession(deep).run(["x": .tensor(floats([1]))])["y"]?.tensor
        #expect(try result?.elements(as: Float.self) == [1])
    }

    @Test func `an operator set that is not known is refused`() throws {
        let newer = model(
            [Node("Neg", inputs: ["x"], outputs: ["y"])],
            inputs: ["x"],
            outputs: ["y"],
            opsets: [OpsetImport(domain: .onnx, version: 99)]
        )
        let error = #expect(throws: EngineError.self) { try InferenceSession(newer) }
        #expect(error?.kind == .unsupported)
        #expect(error?.message == "opset 99 of domain `ai.onnx` is not known, expected at most 28")
    }

    @Test func `tensors of a sequence count with what describes them`() throws {
        var options = InferenceOptions.default
        options.limits.boundMemory(to: 1 << 20)
        let nodes = [
            Node("SplitToSequence", inputs: ["x"], outputs: ["s"]),
            Node("SequenceLength", inputs: ["s"], outputs: ["y"]),
        ]
        let session = try InferenceSession(model(nodes, inputs: ["x"], outputs: ["y"]), options: options)
        let error = #expect(throws: EngineError.self) {
            try session.run(["x": .tensor(try Tensor([Float](repeating: 0, count: 100_000)))])
        }
        #expect(error?.code == .limit)
    }
}
