import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct LayerFoldingTests {
    private static func normalised(_ g: inout SpelledGraph, _ value: String, _ channels: Int) throws -> String {
        g(
            "BatchNormalization",
            value,
            try g.weights([channels], around: 1),
            try g.weights([channels], seed: 2),
            try g.weights([channels], seed: 3),
            try g.weights([channels], seed: 4, around: 1.5)
        )
    }

    @Test(arguments: [1, 2], [true, false])
    func `a convolution takes in the normalisation behind it`(_ groupCount: Int, _ hasBias: Bool) throws {
        for transposed in [false, true] {
            var graph = SpelledGraph()
            let weights = try graph.weights(transposed ? [4, 6 / groupCount, 3, 3] : [6, 4 / groupCount, 3, 3])
            let (name, group) = (transposed ? "ConvTranspose" : "Conv", Attribute("group", .int(Int64(groupCount))))
            let layer =
                try hasBias
                ? graph(name, "x", weights, graph.weights([6], seed: 9), attributes: [group])
                : graph(name, "x", weights, attributes: [group])
            let output = try Self.normalised(&graph, layer, 6)
            try graph.expect([name], outputs: [output], ["x": .noise([2, 4, 5, 5])])
            try graph.expect([name, "BatchNormalization"], outputs: [output, layer], ["x": .noise([2, 4, 5, 5])])
        }
    }

    @Test(arguments: [true, false]) func `so does a matrix product`(_ transposes: Bool) throws {
        var graph = SpelledGraph()
        let layer = graph(
            "Gemm",
            "x",
            try graph.weights(transposes ? [6, 4] : [4, 6]),
            try graph.weights([1, 6], seed: 9),
            attributes: [Attribute("transB", .int(transposes ? 1 : 0))]
        )
        let output = try Self.normalised(&graph, layer, 6)
        try graph.expect(["Gemm"], outputs: [output], ["x": .noise([3, 4])])
    }

    @Test(arguments: [true, false])
    func `factors and summands of channels go with the normalisation`(_ hasLayer: Bool) throws {
        var graph = SpelledGraph()
        let layer = hasLayer ? graph("Conv", "x", try graph.weights([4, 4, 3, 3])) : "x"
        let normalised = try Self.normalised(&graph, layer, 4)
        let scaled = graph("Mul", try graph.weights([4, 1, 1], seed: 7), normalised)
        let output = graph(
            "Add",
            graph("Mul", scaled, try graph.number(0.5)),
            try graph.weights([1, 4, 1, 1], seed: 8)
        )
        try graph.expect([hasLayer ? "Conv" : "BatchNormalization"], outputs: [output], ["x": .noise([2, 4, 5, 5])])
    }

    @Test func `factors of places stay as they are`() throws {
        var graph = SpelledGraph()
        let normalised = try Self.normalised(&graph, "x", 4)
        let places = graph("Mul", normalised, try graph.weights([5], seed: 7))
        let wider = graph("Add", places, try graph.weights([2, 4, 5, 5], seed: 8))
        try graph.expect(["BatchNormalization", "Mul", "Add"], outputs: [wider], ["x": .noise([2, 4, 5, 5])])
    }

    @Test func `weights that are fed stay as they are`() throws {
        var graph = SpelledGraph()
        let output = try Self.normalised(&graph, graph("Conv", "x", "w"), 6)
        let feeds: [String: Tensor] = try ["x": .noise([2, 4, 5, 5]), "w": .noise([6, 4, 3, 3], seed: 5)]
        try graph.expect(["Conv", "BatchNormalization"], outputs: [output], feeds)
    }
}
