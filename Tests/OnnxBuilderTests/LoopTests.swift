import OnnxBuilder
import OnnxIR
import Tensors
import Testing

@Suite struct LoopTests {
    /// Adds a loop that doubles a value, and reads a value around it.
    private func doubled(_ builder: inout GraphBuilder, _ x: String) throws -> String {
        let limit = builder.constant(try Tensor([3 as Int64], shape: Shape([])), name: "limit")
        let around = builder.node("Abs", [x])
        let loop = builder.beginLoop([.tensor(.float, ["batch"])])
        let sum = builder.node("Add", [loop.state[0], around])
        let most = builder.node("ReduceMax", [sum], [Attribute("axes", .ints([0])), Attribute("keepdims", .int(0))])
        let zero = builder.constant(try Tensor([0 as Float], shape: Shape([])), name: "zero")
        let goesOn = builder.node("Greater", [most, zero])
        return try builder.endLoop(loop, start: [x], limit: limit, state: [sum], goesOn: goesOn)[0]
    }

    @Test func `a loop is one node, and its constants stay in the graph around it`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("X", .tensor(.float, ["batch"]))
        builder.output(try doubled(&builder, x), name: "Y", .tensor(.float, ["batch"]))
        let graph = builder.model().graph
        #expect(graph.nodes.map(\.opType) == ["Abs", "Loop"])
        #expect(graph.initializers.map(\.name) == ["limit", "zero", "yes"])
        let body = try #require(graph.nodes[1].attributes.flatMap(\.value.subgraphs).first)
        #expect(body.nodes.map(\.opType) == ["Add", "ReduceMax", "Greater", "Identity", "Identity"])
        #expect(body.inputs.count == 3)
        #expect(body.outputs.count == 2)
    }

    @Test func `a value that a loop reads keeps its name in the loop when it becomes an output`() throws {
        var builder = GraphBuilder(name: "g")
        let x = builder.input("X", .tensor(.float, ["batch"]))
        let y = try doubled(&builder, x)
        builder.output("Abs", name: "size", .tensor(.float, ["batch"]))
        builder.output(y, name: "Y", .tensor(.float, ["batch"]))
        let graph = builder.model().graph
        let body = try #require(graph.nodes[1].attributes.flatMap(\.value.subgraphs).first)
        #expect(body.nodes[0].inputs.last == "size")
    }

    @Test func `reductions in a loop take their axes as an input since opset 18`() throws {
        var builder = GraphBuilder(name: "g", opsets: try #require(OpsetChoice(onnx: 18)))
        let x = builder.input("X", .tensor(.float, ["batch"]))
        builder.output(try doubled(&builder, x), name: "Y", .tensor(.float, ["batch"]))
        let graph = builder.model().graph
        let body = try #require(graph.nodes[1].attributes.flatMap(\.value.subgraphs).first)
        #expect(body.nodes[1].inputs.count == 2)
        #expect(graph.initializers.map(\.name).contains(body.nodes[1].inputs[1]))
    }
}
