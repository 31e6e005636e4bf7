import OnnxBuilder
import OnnxIR
import Tensors
import Testing

@Suite struct GraphBuilderTests {
    @Test func `names are fresh and say their scope`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("X", .tensor(.float, ["batch", 2]))
        let first = builder.scoped("step") { $0.node("Relu", [x]) }
        let second = builder.scoped("step") { $0.node("Relu", [first]) }
        #expect([x, first, second] == ["X", "step/Relu", "step/Relu_1"])
    }

    @Test func `an output gives its name to the value that its node makes`() {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("X", .tensor(.float, ["batch"]))
        let relu = builder.node("Relu", [x])
        let negative = builder.node("Neg", [relu])
        builder.output(relu, name: "positive", .tensor(.float, ["batch"]))
        builder.output(negative, name: "negative", .tensor(.float, ["batch"]))
        let graph = builder.model().graph
        #expect(graph.nodes.map(\.outputs) == [["positive"], ["negative"]])
        #expect(graph.nodes[1].inputs == ["positive"])
    }

    @Test func `an input or an output that is one already comes out through Identity`() {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("X", .tensor(.float, ["batch"]))
        builder.output(x, name: "Y", .tensor(.float, ["batch"]))
        #expect(builder.model().graph.nodes.map(\.opType) == ["Identity"])
    }

    @Test func `an output whose name an input has gets one beside it`() {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("label", .tensor(.float, ["batch"]))
        builder.output(builder.node("Relu", [x]), name: "label", .tensor(.float, ["batch"]))
        #expect(builder.model().graph.outputs.map(\.name) == ["label_1"])
    }

    @Test func `a model imports the domains that its nodes use`() {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("X", .tensor(.float, ["batch", 2]))
        #expect(builder.model().opsetImports.map(\.domain) == [.onnx])
        _ = builder.node("Scaler", domain: .onnxML, [x])
        #expect(builder.model().opsetVersion(of: .onnxML) == 3)
    }
}
