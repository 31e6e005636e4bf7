import OnnxIR
import Tensors
import Testing

@Suite struct ValueTypeTests {
    @Test(arguments: [
        (ValueType.tensor(.float, ["batch", 4]), "tensor(float)[batch, 4]"),
        (.tensor(.int64, []), "tensor(int64)[]"),
        (.tensor(.float, shape: nil), "tensor(float)"),
        (.tensor(nil, shape: [.unknown]), "tensor(?)[?]"),
        (.sequence(.map(key: .int64, value: .tensor(.float, shape: nil))), "seq(map(int64, tensor(float)))"),
        (.optional(.tensor(.string, [1])), "optional(tensor(string)[1])"),
        (.sparseTensor(.double, shape: [2]), "sparse_tensor(double)[2]"),
    ])
    func `a type reads as ONNX writes it`(type: ValueType, text: String) {
        #expect(type.description == text)
    }

    @Test func `ai.onnx and the empty domain are one`() {
        #expect(OperatorDomain("ai.onnx") == .onnx)
        #expect("\(OperatorDomain(""))" == "ai.onnx")
    }

    @Test func `an input with an initializer need not be fed`() throws {
        var graph = Graph(name: "g", inputs: [ValueInfo(name: "x", type: nil), ValueInfo(name: "w", type: nil)])
        graph.initializers = [OnnxTensor(name: "w", tensor: try .init([1] as [Float]))]
        #expect(graph.requiredInputs.map(\.name) == ["x"])
    }
}
