import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct ShapePassTests {
    @Test func `nodes that compute the same run once`() throws {
        var graph = SpelledGraph()
        let sums = try (0..<3).map { graph("Exp", graph("Add", "x", try graph.number($0 < 2 ? 2 : 3))) }
        let output = graph("Concat", sums[0], sums[1], sums[2], attributes: [Attribute("axis", .int(0))])
        try graph.expect(["Add", "Exp", "Add", "Exp", "Concat"], outputs: [output], ["x": .noise([4])])
        try graph.expect(["Add", "Exp"], outputs: [sums[0], sums[1]], ["x": .noise([4])])
    }

    @Test func `constants that are in the graph twice stay known to all passes`() throws {
        var graph = SpelledGraph()
        let starts = [graph.constant(try ints([0])), graph.constant(try ints([0]))]
        let ends = graph.constant(try ints([2]))
        let sliced = graph("Slice", graph("Slice", "x", starts[0], ends), starts[1], ends)
        let product = graph("Mul", sliced, "x")
        let output = graph("Mul", product, graph("Sigmoid", product))
        try graph.expect(["Slice", "Slice", "Mul", "Swish"], outputs: [output], ["x": .noise([2])])
    }

    @Test func `other attributes and random numbers make another node`() throws {
        var graph = SpelledGraph()
        let outputs = [0.25, 0.5].map { graph("LeakyRelu", "x", attributes: [Attribute("alpha", .float($0))]) }
        try graph.expect(["LeakyRelu", "LeakyRelu"], outputs: outputs, ["x": .noise([4])])
        graph = SpelledGraph()
        let noise = [graph("RandomNormalLike", "x"), graph("RandomNormalLike", "x")]
        let session = try InferenceSession(graph.model(noise, ["x": .noise([4])]))
        #expect(try session.optimisedOperators() == ["RandomNormalLike", "RandomNormalLike"])
    }

    @Test func `transpositions are put together, and vanish where they cancel out`() throws {
        var graph = SpelledGraph()
        let once = graph.transpose(graph.transpose("x", 1, 2, 0), 0, 2, 1)
        try graph.expect(["Transpose"], outputs: [once], ["x": .noise([2, 3, 4])])
        let back = graph("Neg", graph.transpose(graph.transpose(once, 2, 1, 0), 2, 1, 0))
        try graph.expect(["Transpose", "Neg"], outputs: [back], ["x": .noise([2, 3, 4])])
        graph = SpelledGraph()
        let same = graph("Neg", graph.transpose(graph.transpose("x", 1, 2, 0), 2, 0, 1))
        try graph.expect(["Neg"], outputs: [same], ["x": .noise([2, 3, 4])])
        try graph.expect(["Neg"], outputs: [same], ["x": .noise([2, 3, 4])], isOpen: true)
    }

    @Test func `shuffled channels are picked, behind a depthwise convolution`() throws {
        var graph = SpelledGraph()
        let parts = graph("Reshape", "x", graph.constant(try ints([2, 3, 4, 5, 5])))
        let moved = graph.transpose(parts, 0, 2, 1, 3, 4)
        let shuffled = graph("Reshape", moved, graph.constant(try ints([2, 12, 5, 5])))
        try graph.expect(["Gather"], outputs: [shuffled], ["x": .noise([2, 12, 5, 5])])
        let group = Attribute("group", .int(12))
        let bias = try graph.weights([12], seed: 3)
        let output = graph("Conv", shuffled, try graph.weights([12, 1, 3, 3]), bias, attributes: [group])
        try graph.expect(["Conv", "Gather"], outputs: [output], ["x": .noise([2, 12, 5, 5])])
        try graph.expect(["Gather", "Conv"], outputs: [output, shuffled], ["x": .noise([2, 12, 5, 5])])
    }

    @Test func `a transposition of axes of extent 1 is a reshape`() throws {
        var graph = SpelledGraph()
        let output = graph.transpose("x", 0, 3, 1, 2)
        try graph.expect(["Reshape"], outputs: [output], ["x": .noise([2, 3, 4, 1])])
        try graph.expect(["Transpose"], outputs: [output], ["x": .noise([2, 3, 4, 2])])
    }

    @Test func `a shape that is computed is known`() throws {
        var graph = SpelledGraph()
        let shape = graph("Shape", "x")
        let axis = Attribute("axis", .int(0))
        let extents = try [0, 1].map { index in
            graph(
                "Unsqueeze",
                graph("Gather", shape, graph.constant(try ints([index], []))),
                graph.constant(try ints([0]))
            )
        }
        let rest = graph.constant(try ints([3, -1]))
        let target = graph("Concat", extents[0], extents[1], rest, attributes: [axis])
        let output = graph.transpose(graph("Reshape", "x", target), 0, 2, 1, 3)
        let x = try Tensor.noise([2, 5, 12])
        try graph.expect(["Reshape", "Transpose"], outputs: [output], ["x": x])
        try graph.expect(["Reshape", "Transpose"], outputs: [output], ["x": x], isOpen: true)
    }

    @Test func `one reshape takes the place of several`() throws {
        var graph = SpelledGraph()
        let flat = graph("Flatten", graph("Unsqueeze", "x", graph.constant(try ints([0]))))
        let output = graph("Reshape", flat, graph.constant(try ints([4, 6])))
        try graph.expect(["Reshape"], outputs: [output], ["x": .noise([2, 3, 4])])
        let same = graph("Neg", graph("Reshape", output, graph.constant(try ints([2, 3, 4]))))
        try graph.expect(["Neg"], outputs: [same], ["x": .noise([2, 3, 4])])
        try graph.expect(["Reshape", "Reshape", "Neg"], outputs: [flat, same, output], ["x": .noise([2, 3, 4])])
    }

    @Test func `what hands on its input is taken out`() throws {
        var graph = SpelledGraph()
        let cast = graph("Cast", graph("Identity", "x"), attributes: [Attribute("to", .int(1))])
        let dropout = graph("Dropout", cast, try graph.number(0.3), graph.constant(try Tensor([false], shape: .scalar)))
        let output = graph("Neg", graph("Dropout", dropout))
        try graph.expect(["Neg"], outputs: [output], ["x": .noise([4])])
    }
}
