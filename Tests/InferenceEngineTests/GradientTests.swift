import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct GradientTests {
    private static let opsets = [
        OpsetImport(domain: .onnx, version: 17), OpsetImport(domain: .onnxPreviewTraining, version: 1),
    ]

    private func gradient(
        of target: String = "y",
        by variables: [String] = ["x"],
        inputs: [String]? = nil,
        outputs: [String] = ["dx"]
    ) -> Node {
        Node(
            "Gradient",
            domain: .onnxPreviewTraining,
            name: "n",
            inputs: inputs ?? variables,
            outputs: outputs,
            attributes: [Attribute("xs", .strings(variables)), Attribute("y", .string(target))]
        )
    }

    private func error(_ nodes: [Node], opsets: [OpsetImport] = opsets) -> String {
        do {
            _ = try InferenceSession(model(nodes, inputs: ["x"], outputs: ["dx"], opsets: opsets))
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        (Node("Mul", inputs: ["x"], outputs: ["y"]), "`Mul`, which makes `y`, has 1 inputs and 1 outputs"),
        (Node("Where", inputs: ["x", "x"], outputs: ["y"]), "`Where`, which makes `y`, has 2 inputs and 1 outputs"),
        (Node("Exp", inputs: ["x", "x"], outputs: ["y"]), "`Exp`, which makes `y`, has 2 inputs and 1 outputs"),
        (Node("Gemm", inputs: ["x"], outputs: ["y"]), "`Gemm`, which makes `y`, has 1 inputs and 1 outputs"),
    ])
    func `a node on the way with another number of inputs than its operator has is refused`(node: Node, text: String) {
        let expected = "node `n` (Gradient, opset 1): \(text), expected as many as the operator has"
        #expect(error([node, gradient()]) == expected)
    }

    @Test(arguments: [
        Node("Softmax", inputs: ["x"], outputs: ["y"]),
        Node("TopK", inputs: ["x", "k"], outputs: ["y", "places"]),
        Node("Split", inputs: ["x"], outputs: ["first", "y"]),
    ])
    func `an operator without a rule, or derived by another output than the first, is refused`(node: Node) {
        let text = error([Node("Identity", inputs: ["x"], outputs: ["k"]), node, gradient()])
        #expect(text.hasPrefix("node `n` (Gradient, opset 1): the derivative of `\(node.opType)`"), "\(text)")
        #expect(text.hasSuffix("is not supported"), "\(text)")
    }

    @Test func `what a graph of a node captures is not passed over`() {
        var branch = Graph(name: "b", nodes: [Node("Mul", inputs: ["x", "x"], outputs: ["p"])])
        branch.outputs = [ValueInfo(name: "p", type: nil)]
        let choice = Node(
            "If",
            inputs: ["c"],
            outputs: ["y"],
            attributes: [Attribute("then_branch", .graph(branch)), Attribute("else_branch", .graph(branch))]
        )
        let condition = Node("IsNaN", inputs: ["x"], outputs: ["c"])
        #expect(error([condition, choice, gradient()]).contains("the derivative of `If`, which makes `y`"))
    }

    @Test func `Dropout that may train is refused`() {
        let node = Node("Dropout", inputs: ["x", "r", "t"], outputs: ["y"])
        let others = [
            Node("Identity", inputs: ["x"], outputs: ["r"]), Node("IsNaN", inputs: ["x"], outputs: ["t"]),
        ]
        #expect(error(others + [node, gradient()]).contains("the derivative of `Dropout` that may train"))
    }

    @Test func `whole numbers pass no gradient on`() throws {
        let nodes = [
            Node("Cast", inputs: ["x"], outputs: ["i"], attributes: [Attribute("to", .int(6))]),
            Node("Cast", inputs: ["i"], outputs: ["y"], attributes: [Attribute("to", .int(1))]), gradient(),
        ]
        let session = try InferenceSession(model(nodes, inputs: ["x"], outputs: ["dx"], opsets: Self.opsets))
        let result = try session.run(["x": .tensor(floats([1.5, 2.5]))])["dx"]?.tensor
        #expect(try result?.elements(as: Float.self) == [0, 0])
    }

    @Test func `an old operator set is refused at the node`() {
        let old = [OpsetImport(domain: .onnx, version: 8), OpsetImport(domain: .onnxPreviewTraining, version: 1)]
        let text = error([Node("Relu", inputs: ["x"], outputs: ["y"]), gradient()], opsets: old)
        #expect(text.hasSuffix("derivatives at opset 8 are not supported, expected opset 12 or newer"), "\(text)")
    }

    @Test func `derivatives that double are refused in no time`() {
        var nodes = [Node("Mul", inputs: ["x", "x"], outputs: ["y0"])]
        for level in 0..<40 {
            nodes.append(gradient(of: "y\(level)", inputs: ["a\(level)"], outputs: ["g\(level)"]))
            nodes.insert(Node("Neg", inputs: ["x"], outputs: ["a\(level)"]), at: 0)
            nodes.append(Node("Add", inputs: ["y\(level)", "g\(level)"], outputs: ["y\(level + 1)"]))
        }
        nodes.append(Node("Identity", inputs: ["y40"], outputs: ["dx"]))
        #expect(error(nodes).contains("more than 100000 nodes"))
    }

    @Test func `operators of derivatives are not to be named in a file`() {
        let node = Node("SwapLastAxes", domain: OperatorDomain("mlpack.gradient"), inputs: ["x"], outputs: ["dx"])
        let expected = "operator `SwapLastAxes` of domain `mlpack.gradient` is not supported in a file"
        #expect(error([node]) == expected)
    }
}
