import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct InferredValueTests {
    private static let image: ValueType = .tensor(.float, ["N", 3, "H", 8])

    private func model(_ nodes: [Node], outputs: [String]) -> Model {
        var graph = Graph(name: "test", inputs: [ValueInfo(name: "x", type: Self.image)], nodes: nodes)
        graph.outputs = outputs.map { ValueInfo(name: $0, type: nil) }
        return Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: 18)], graph: graph)
    }

    private func constant(_ name: String, _ elements: [Int64], _ shape: Shape? = nil) throws -> Node {
        let tensor = OnnxTensor(name: "", tensor: try Tensor(elements, shape: shape))
        return Node("Constant", inputs: [], outputs: [name], attributes: [Attribute("value", .tensor(tensor))])
    }

    private func texts(_ model: Model) throws -> [String] {
        try InferredValue.all(in: model).map { value in
            let name = (value.path + [value.name]).joined(separator: " / ")
            return "\(name): \(value.type?.description ?? "?")"
        }
    }

    @Test func `a shape that is taken apart and put together again keeps its symbols`() throws {
        let nodes = [
            Node("Shape", inputs: ["x"], outputs: ["s"]),
            try constant("zero", [0], .scalar),
            try constant("two", [2], .scalar),
            try constant("axis", [0]),
            try constant("rest", [-1]),
            Node("Gather", inputs: ["s", "zero"], outputs: ["n"]),
            Node("Gather", inputs: ["s", "two"], outputs: ["h"]),
            Node("Unsqueeze", inputs: ["n", "axis"], outputs: ["n1"]),
            Node("Unsqueeze", inputs: ["h", "axis"], outputs: ["h1"]),
            Node("Concat", inputs: ["n1", "h1"], outputs: ["p"], attributes: [Attribute("axis", .int(0))]),
            Node("Expand", inputs: ["zero", "p"], outputs: ["y"]),
        ]
        let inferred = try texts(model(nodes, outputs: ["y"]))
        #expect(inferred.first == "x: tensor(float)[N, 3, H, 8]")
        #expect(inferred.contains("p: tensor(int64)[2]"))
        #expect(inferred.last == "y: tensor(int64)[N, H]")
    }

    @Test func `the graphs of nodes are seen with what they capture, and states lose what trips change`() throws {
        let float = ValueType.tensor(.float, shape: nil)
        var then = Graph(name: "then", nodes: [Node("Relu", inputs: ["x"], outputs: ["a"])])
        then.outputs = [ValueInfo(name: "a", type: float)]
        var other = Graph(name: "else", nodes: [Node("Neg", inputs: ["x"], outputs: ["b"])])
        other.outputs = [ValueInfo(name: "b", type: float)]
        var body = Graph(name: "body")
        body.inputs = [
            ValueInfo(name: "i", type: .tensor(.int64, [])), ValueInfo(name: "c", type: .tensor(.bool, [])),
            ValueInfo(name: "state", type: float),
        ]
        body.nodes = [
            Node("Identity", inputs: ["c"], outputs: ["d"]),
            Node("Concat", inputs: ["state", "x"], outputs: ["next"], attributes: [Attribute("axis", .int(0))]),
        ]
        body.outputs = [ValueInfo(name: "d", type: nil), ValueInfo(name: "next", type: nil)]
        let nodes = [
            try constant("count", [3], .scalar),
            Node("Cast", inputs: ["count"], outputs: ["k"], attributes: [Attribute("to", .int(9))]),
            Node(
                "If",
                name: "choice",
                inputs: ["k"],
                outputs: ["y"],
                attributes: [Attribute("then_branch", .graph(then)), Attribute("else_branch", .graph(other))]
            ),
            Node(
                "Loop",
                name: "loop",
                inputs: ["count", "", "x"],
                outputs: ["z"],
                attributes: [Attribute("body", .graph(body))]
            ),
        ]
        let inferred = try texts(model(nodes, outputs: ["y", "z"]))
        #expect(inferred.contains("y: tensor(float)[N, 3, H, 8]"))
        #expect(
            inferred.contains("node `choice` (If, opset 18) / then_branch / a: tensor(float)[N, 3, H, 8]"),
            "\(inferred)"
        )
        #expect(inferred.contains("z: tensor(float)[?, 3, H, 8]"))
        #expect(inferred.contains("node `loop` (Loop, opset 18) / body / next: tensor(float)[?, 3, H, 8]"))
    }

    /// `f(a) = (Neg(Abs(a)), a)`, with a call of another function in it.
    private func called(_ nodes: [Node], outputs: [String]) -> Model {
        let own = OperatorDomain("own")
        var called = model(nodes, outputs: outputs)
        called.opsetImports.append(OpsetImport(domain: own, version: 1))
        var outer = Function(
            name: "f",
            domain: own,
            inputs: ["a"],
            outputs: ["b", "a"],
            nodes: [
                Node("Abs", inputs: ["a"], outputs: ["t"]),
                Node("g", domain: own, name: "twice", inputs: ["t"], outputs: ["b"]),
            ]
        )
        outer.opsetImports = called.opsetImports
        var inner = Function(
            name: "g",
            domain: own,
            inputs: ["a"],
            outputs: ["b"],
            nodes: [
                Node("Neg", inputs: ["a"], outputs: ["t"]), Node("Neg", inputs: ["t"], outputs: ["b"]),
            ]
        )
        inner.opsetImports = called.opsetImports
        called.functions = [outer, inner]
        return called
    }

    @Test func `values of functions have names of their own, and the caller's names stay`() throws {
        let own = OperatorDomain("own")
        let nodes = [
            Node("Neg", inputs: ["x"], outputs: ["call/t"]),
            Node("f", domain: own, name: "call", inputs: ["x"], outputs: ["y", "same"]),
            Node("f", domain: own, name: "call", inputs: ["y"], outputs: ["z"]),
        ]
        let called = called(nodes, outputs: ["z", "same"])
        let names = try InferredValue.all(in: called).map(\.name)
        #expect(
            names == ["x", "call/t", "call_2/t", "call_2/twice/t", "y", "same", "call_3/t", "call_3/twice/t", "z"]
        )
        let fed = Value.tensor(try floats([Float](repeating: -1, count: 24), [1, 3, 1, 8]))
        for options in [InferenceOptions.default, .reference] {
            let result = try InferenceSession(called, options: options).run(["x": fed])
            #expect(describe(result["same"]) == describe(fed))
        }
    }

    @Test func `how many elements differ is one symbol, and where they went is as long as the input`() throws {
        let outputs = ["y", "i", "r", "c"]
        let flat = try texts(model([Node("Unique", inputs: ["x"], outputs: outputs)], outputs: outputs))
        #expect(
            flat.dropFirst() == [
                "y: tensor(float)[unk__1]", "i: tensor(int64)[unk__1]", "r: tensor(int64)[?]",
                "c: tensor(int64)[unk__1]",
            ]
        )
        let axis = Attribute("axis", .int(0))
        let along = try texts(
            model([Node("Unique", inputs: ["x"], outputs: outputs, attributes: [axis])], outputs: outputs)
        )
        #expect(
            along.dropFirst() == [
                "y: tensor(float)[unk__1, 3, H, 8]", "i: tensor(int64)[unk__1]", "r: tensor(int64)[N]",
                "c: tensor(int64)[unk__1]",
            ]
        )
    }

    @Test func `symbols are kept in sequences, and by scales of 1`() throws {
        let axis = Attribute("axis", .int(1))
        let nodes = [
            Node("SequenceEmpty", inputs: [], outputs: ["none"]),
            Node("SequenceInsert", inputs: ["none", "x"], outputs: ["one"]),
            Node("ConcatFromSequence", inputs: ["one"], outputs: ["a"], attributes: [axis]),
            Node("SequenceConstruct", inputs: ["x", "x"], outputs: ["two"]),
            Node(
                "ConcatFromSequence",
                inputs: ["two"],
                outputs: ["b"],
                attributes: [axis, Attribute("new_axis", .int(1))]
            ),
            try constant("none_wanted", [], Shape([0])),
            Node("Resize", inputs: ["x", "", "scales", "none_wanted"], outputs: ["c"]),
        ]
        var kept = model(nodes, outputs: ["a", "b", "c"])
        kept.graph.initializers = [OnnxTensor(name: "scales", tensor: try floats([1, 1, 2, 0.5]))]
        let inferred = try texts(kept)
        #expect(inferred.contains("a: tensor(float)[N, ?, H, 8]"))
        #expect(inferred.contains("b: tensor(float)[N, ?, 3, H, 8]"))
        #expect(inferred.contains("c: tensor(float)[N, 3, ?, 4]"))
    }

    @Test func `an operator that the engine lacks is no error, and nothing is known of what it makes`() throws {
        var unknown = model(
            [Node("Mystery", domain: OperatorDomain("x.y"), inputs: ["x"], outputs: ["y"])],
            outputs: ["y"]
        )
        unknown.opsetImports.append(OpsetImport(domain: OperatorDomain("x.y"), version: 1))
        #expect(try texts(unknown) == ["x: tensor(float)[N, 3, H, 8]", "y: ?"])
    }
}
