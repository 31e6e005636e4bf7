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

    @Test func `an operator that the engine lacks is no error, and nothing is known of what it makes`() throws {
        var unknown = model(
            [Node("Mystery", domain: OperatorDomain("x.y"), inputs: ["x"], outputs: ["y"])],
            outputs: ["y"]
        )
        unknown.opsetImports.append(OpsetImport(domain: OperatorDomain("x.y"), version: 1))
        #expect(try texts(unknown) == ["x: tensor(float)[N, 3, H, 8]", "y: ?"])
    }
}
