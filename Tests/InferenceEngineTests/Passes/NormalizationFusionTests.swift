import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct NormalizationFusionTests {
    private static let axes = [Attribute("axes", .ints([-1]))]

    /// `x` without its mean, and its variance plus a small number.
    private static func moments(
        _ g: inout SpelledGraph,
        power: Bool,
        axes: [Int64] = [-1]
    ) throws -> (difference: String, variance: String) {
        let attributes = [Attribute("axes", .ints(axes))]
        let difference = g("Sub", "x", g("ReduceMean", "x", attributes: attributes))
        let square = power ? g("Pow", difference, try g.number(2)) : g("Mul", difference, difference)
        let variance = g("ReduceMean", square, attributes: attributes)
        return (difference, g("Add", variance, try g.number(1e-5)))
    }

    private static let layers = [
        Spelling("PyTorch: difference / sqrt(variance) * scale + shift") { g in
            let (difference, variance) = try moments(&g, power: true)
            let normal = g("Div", difference, g("Sqrt", variance))
            return g("Add", g("Mul", normal, try g.weights([8], around: 1)), try g.weights([8], seed: 2))
        },
        Spelling("shift + scale * (difference * reciprocal)") { g in
            let (difference, variance) = try moments(&g, power: false)
            let normal = g("Mul", g("Reciprocal", g("Sqrt", variance)), difference)
            return g("Add", try g.weights([8], seed: 2), g("Mul", try g.weights([1, 1, 8], around: 1), normal))
        },
        Spelling("difference * variance ^ -0.5, scale and shift") { g in
            let (difference, variance) = try moments(&g, power: false)
            let normal = g("Mul", difference, g("Pow", variance, try g.number(-0.5)))
            return g("Add", g("Mul", normal, try g.weights([8])), try g.weights([8], seed: 2))
        },
        Spelling("through casts to float") { g in
            let cast = [Attribute("to", .int(1))]
            let wide = g("Cast", "x", attributes: cast)
            let difference = g("Sub", wide, g("ReduceMean", wide, attributes: axes))
            let square = g("Pow", g("Cast", difference, attributes: cast), try g.number(2))
            let variance = g("Add", g("ReduceMean", square, attributes: axes), try g.number(1e-12))
            let normal = g("Cast", g("Div", difference, g("Sqrt", variance)), attributes: cast)
            return g("Add", g("Mul", try g.weights([8]), normal), try g.weights([8], seed: 2))
        },
        Spelling("the differences computed twice") { g in
            let mean = g("ReduceMean", "x", attributes: axes)
            let square = g("Pow", g("Sub", "x", mean), try g.number(2))
            let variance = g("Add", g("ReduceMean", square, attributes: axes), try g.number(1e-5))
            let normal = g("Div", g("Sub", "x", mean), g("Sqrt", variance))
            return g("Add", g("Mul", normal, try g.weights([8])), try g.weights([8], seed: 2))
        },
        Spelling("Keras: x * inverse + (shift - mean * inverse)") { g in
            let mean = g("ReduceMean", "x", attributes: axes)
            let difference = g("Sub", "x", mean)
            let variance = g("ReduceMean", g("Mul", difference, difference), attributes: axes)
            let root = g("Reciprocal", g("Sqrt", g("Add", variance, try g.number(1e-3))))
            let inverse = g("Mul", root, try g.weights([8], around: 1))
            let shift = g("Sub", try g.weights([8], seed: 2), g("Mul", mean, inverse))
            return g("Add", g("Mul", "x", inverse), shift)
        },
        Spelling("Keras 3: x * inverse + (-mean * inverse + shift)") { g in
            let mean = g("ReduceMean", "x", attributes: axes)
            let difference = g("Sub", "x", mean)
            let variance = g("ReduceMean", g("Mul", difference, difference), attributes: axes)
            let root = g("Reciprocal", g("Sqrt", g("Add", variance, try g.number(1e-3))))
            let inverse = g("Mul", root, try g.weights([8], around: 1))
            let shift = g("Add", g("Mul", g("Neg", mean), inverse), try g.weights([8], seed: 2))
            return g("Add", g("Mul", "x", inverse), shift)
        },
        Spelling("without shift and scale") { g in
            let (difference, variance) = try moments(&g, power: true)
            return g("Div", difference, g("Sqrt", variance))
        },
        Spelling("x * inverse - mean * inverse") { g in
            let mean = g("ReduceMean", "x", attributes: axes)
            let difference = g("Sub", "x", mean)
            let variance = g("ReduceMean", g("Mul", difference, difference), attributes: axes)
            let inverse = g("Reciprocal", g("Sqrt", g("Add", variance, try g.number(1e-3))))
            return g("Sub", g("Mul", "x", inverse), g("Mul", mean, inverse))
        },
    ]

    @Test(arguments: layers) func `all spellings become LayerNormalization`(_ spelling: Spelling) throws {
        var graph = SpelledGraph()
        let output = try spelling.write(&graph)
        try graph.expect(["LayerNormalization"], outputs: [output], ["x": .noise([2, 3, 8], around: 0.5)])
    }

    @Test func `axes may be an input and more than one`() throws {
        var graph = SpelledGraph()
        graph.opset = 18
        let axes = graph.constant(try ints([1, 2]))
        let difference = graph("Sub", "x", graph("ReduceMean", "x", axes))
        let variance = graph("ReduceMean", graph("Mul", difference, difference), axes)
        let root = graph("Sqrt", graph("Add", variance, try graph.number(1e-5)))
        let normal = graph("Mul", graph("Div", difference, root), try graph.weights([3, 8]))
        let output = graph("Add", normal, try graph.weights([3, 8], seed: 2))
        try graph.expect(["LayerNormalization"], outputs: [output], ["x": .noise([2, 3, 8])])
    }

    private static let roots = [
        Spelling("w * (x * reciprocal(sqrt(mean(x ^ 2) + epsilon)))") { g in
            let mean = g("ReduceMean", g("Pow", "x", try g.number(2)), attributes: axes)
            let root = g("Sqrt", g("Add", mean, try g.number(1e-6)))
            return g("Mul", try g.weights([8]), g("Mul", "x", g("Reciprocal", root)))
        },
        Spelling("x / sqrt(epsilon + mean(x * x)) * w") { g in
            let mean = g("ReduceMean", g("Mul", "x", "x"), attributes: axes)
            let root = g("Sqrt", g("Add", try g.number(1e-6), mean))
            return g("Mul", g("Div", "x", root), try g.weights([8]))
        },
        Spelling("x * (1 / sqrt(…)) * w") { g in
            let mean = g("ReduceMean", g("Mul", "x", "x"), attributes: axes)
            let root = g("Div", try g.number(1), g("Sqrt", g("Add", try g.number(1e-6), mean)))
            return g("Mul", g("Mul", "x", root), try g.weights([8]))
        },
        Spelling("x * (…) ^ -0.5, without a weight") { g in
            let mean = g("ReduceMean", g("Mul", "x", "x"), attributes: axes)
            return g("Mul", "x", g("Pow", g("Add", try g.number(1e-6), mean), try g.number(-0.5)))
        },
    ]

    @Test(arguments: roots) func `all spellings become RMSNormalization`(_ spelling: Spelling) throws {
        var graph = SpelledGraph()
        let output = try spelling.write(&graph)
        try graph.expect(["RMSNormalization"], outputs: [output], ["x": .noise([2, 3, 8])])
    }

    @Test func `what only looks like it stays as it is`() throws {
        var graph = SpelledGraph()
        let (difference, variance) = try Self.moments(&graph, power: false, axes: [1])
        let other = graph("Div", difference, graph("Sqrt", variance))
        let plain = ["ReduceMean", "Sub", "Mul", "ReduceMean", "Add", "Sqrt", "Div"]
        try graph.expect(plain, outputs: [other], ["x": .noise([2, 3, 8])])

        graph = SpelledGraph()
        let mean = graph("ReduceMean", "x", attributes: Self.axes)
        let own = graph("Sub", "x", mean)
        let wrong = graph("ReduceMean", graph("Mul", own, own), attributes: [Attribute("axes", .ints([1, 2]))])
        let mixed = graph("Div", own, graph("Sqrt", graph("Add", wrong, try graph.number(1e-5))))
        try graph.expect(["ReduceMean", "Sub", "RMSNormalization"], outputs: [mixed], ["x": .noise([2, 3, 8])])

        graph = SpelledGraph()
        let shared = try Self.moments(&graph, power: false)
        let normal = graph("Div", shared.difference, graph("Sqrt", shared.variance))
        try graph.expect(plain, outputs: [normal, shared.variance], ["x": .noise([2, 3, 8])])
    }

    @Test func `a scale over other axes stays behind`() throws {
        var graph = SpelledGraph()
        let (difference, variance) = try Self.moments(&graph, power: false)
        let normal = graph("Div", difference, graph("Sqrt", variance))
        let output = graph("Mul", normal, try graph.weights([3, 1]))
        try graph.expect(["LayerNormalization", "Mul"], outputs: [output], ["x": .noise([2, 3, 8])])
    }
}
