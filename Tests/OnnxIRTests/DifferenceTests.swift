import OnnxIR
import Tensors
import Testing

@Suite struct DifferenceTests {
    private static func model() throws -> Model {
        let weights = OnnxTensor(name: "w", tensor: try Tensor([1, 2] as [Float]))
        var graph = Graph(
            name: "g",
            inputs: [ValueInfo(name: "x", type: .tensor(.float, ["batch", 2]))],
            nodes: [
                Node("Add", name: "first", inputs: ["x", "w"], outputs: ["y"]),
                Node("Elu", inputs: ["y"], outputs: ["z"], attributes: [Attribute("alpha", .float(.nan))]),
            ]
        )
        graph.initializers = [weights]
        var model = Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: 17)], graph: graph)
        model.metadata = [MetadataEntry(key: "k", value: "v")]
        return model
    }

    @Test func `a model is the same as itself, NaN included`() throws {
        #expect(firstDifference(try Self.model(), try Self.model()) == nil)
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var apply: @Sendable (inout Model) throws -> Void

        init(_ text: String, _ apply: @escaping @Sendable (inout Model) throws -> Void) {
            testDescription = text
            self.apply = apply
        }
    }

    @Test(
        arguments: [
            Change("irVersion: `8` and `9`") { $0.irVersion = 9 },
            Change("metadata[0].value: `v` and `w`") { $0.metadata[0].value = "w" },
            Change("opsetImports: 1 and 2 elements") {
                $0.opsetImports.append(OpsetImport(domain: .onnxML, version: 3))
            },
            Change("graph.nodes[0].name: `first` and `last`") { $0.graph.nodes[0].name = "last" },
            Change("graph.nodes[0].inputs[1]: `w` and `v`") { $0.graph.nodes[0].inputs[1] = "v" },
            Change("graph.nodes: 2 and 1 elements") { $0.graph.nodes.removeLast() },
            Change("graph.nodes[1].attributes[0].value.float: `nan` and `1.0`") {
                $0.graph.nodes[1].attributes[0].value = .float(1)
            },
            Change("graph.nodes[1].attributes[0].value: `float` and `int`") {
                $0.graph.nodes[1].attributes[0].value = .int(1)
            },
            Change("graph.initializers[0].tensor: `float` [2] and `int32` [2]") {
                $0.graph.initializers[0].tensor = try Tensor([1, 2] as [Int32])
            },
            Change("graph.initializers[0].tensor: byte 6 is 0 and 64") {
                $0.graph.initializers[0].tensor = try Tensor([1, 3] as [Float])
            },
        ]
    )
    func `the first difference is named`(change: Change) throws {
        var changed = try Self.model()
        try change.apply(&changed)
        #expect(firstDifference(try Self.model(), changed) == change.testDescription)
    }

    @Test func `minus zero is not zero`() throws {
        let plus = OnnxTensor(name: "w", tensor: try Tensor([0] as [Float]))
        let minus = OnnxTensor(name: "w", tensor: try Tensor([-0.0] as [Float]))
        #expect(firstDifference(plus, minus) == "tensor: byte 3 is 0 and 128")
    }

    @Test func `values of different kinds differ`() throws {
        let tensor = Value.tensor(try Tensor([1] as [Int64]))
        let sequence = Value.sequence([tensor], of: .tensor(.int64, shape: nil))
        #expect(firstDifference(tensor, tensor) == nil)
        #expect(firstDifference(sequence, sequence) == nil)
        #expect(firstDifference(tensor, sequence) == ": `tensor` and `sequence`")
    }
}
