import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct AttentionFusionTests {
    private static func feeds(_ more: [String: Tensor] = [:], rank: Int = 4) throws -> [String: Tensor] {
        let heads = rank == 4 ? [2, 3] : [6]
        var feeds: [String: Tensor] = try [
            "q": .noise(heads + [5, 4]), "k": .noise(heads + [7, 4], seed: 2), "v": .noise(heads + [7, 6], seed: 3),
        ]
        feeds.merge(more) { $1 }
        return feeds
    }

    private static func weighted(_ g: inout SpelledGraph, _ scores: String) -> String {
        g("MatMul", g("Softmax", scores, attributes: [Attribute("axis", .int(-1))]), "v")
    }

    private static let spellings = [
        Spelling("MatMul / sqrt(d)") { g in
            let scores = g("MatMul", "q", g.transpose("k", 0, 1, 3, 2))
            return weighted(&g, g("Div", scores, try g.number(2)))
        },
        Spelling("MatMul * scale, axis 3 of opset 12") { g in
            g.opset = 12
            let scores = g("Mul", try g.number(0.5), g("MatMul", "q", g.transpose("k", 0, 1, 3, 2)))
            return g("MatMul", g("Softmax", scores, attributes: [Attribute("axis", .int(3))]), "v")
        },
        Spelling("no scale") { g in weighted(&g, g("MatMul", "q", g.transpose("k", 0, 1, 3, 2))) },
        Spelling("the query scaled") { g in
            let query = g("Div", "q", try g.number(2))
            return weighted(&g, g("MatMul", query, g.transpose("k", 0, 1, 3, 2)))
        },
        Spelling("query and key scaled by the root") { g in
            let query = g("Mul", "q", try g.number(0.7071068))
            let key = g("Mul", g.transpose("k", 0, 1, 3, 2), try g.number(0.7071068, [1]))
            return weighted(&g, g("MatMul", query, key))
        },
    ]

    @Test(arguments: spellings) func `all spellings of the scale become Attention`(_ spelling: Spelling) throws {
        var graph = SpelledGraph()
        let output = try spelling.write(&graph)
        try graph.expect(["Attention"], outputs: [output], Self.feeds())
    }

    @Test func `the heads may lie in the batch`() throws {
        var graph = SpelledGraph()
        let scores = graph("MatMul", "q", graph.transpose("k", 0, 2, 1))
        let output = Self.weighted(&graph, graph("Add", graph("Mul", scores, try graph.number(0.5)), "m"))
        try graph.expect(["Attention"], outputs: [output], Self.feeds(["m": .noise([5, 7])], rank: 3))
        try graph.expect(["Unsqueeze", "Attention"], outputs: [output], Self.feeds(["m": .noise([6, 5, 7])], rank: 3))
    }

    @Test func `the transposition of keys joins that of heads`() throws {
        var graph = SpelledGraph()
        let query = graph.transpose("q", 0, 2, 1, 3)
        let key = graph.transpose("k", 0, 2, 3, 1)
        let scores = graph("Div", graph("MatMul", query, key), try graph.number(2))
        let weighted = graph("MatMul", graph("Softmax", scores), graph.transpose("v", 0, 2, 1, 3))
        let output = graph.transpose(weighted, 0, 2, 1, 3)
        let feeds: [String: Tensor] = try [
            "q": .noise([2, 5, 3, 4]), "k": .noise([2, 7, 3, 4], seed: 2), "v": .noise([2, 7, 3, 6], seed: 3),
        ]
        try graph.expect(["Reshape", "Reshape", "Reshape", "Attention", "Reshape"], outputs: [output], feeds)
        // Whoever reads the heads as well has them transposed for himself.
        let others = ["Transpose", "Transpose", "Transpose", "Attention", "Transpose"]
        try graph.expect(others, outputs: [output, query], feeds)
    }

    @Test(arguments: [true, false])
    func `queries, keys and values that lie side by side are not transposed`(_ isSplit: Bool) throws {
        var graph = SpelledGraph()
        let turned = graph.transpose("x", 2, 0, 3, 1, 4)
        var parts: [String] = []
        if isSplit {
            let split = graph.node("Split", turned, outputs: 3, attributes: [Attribute("axis", .int(0))])
            parts = try split.map { graph("Squeeze", $0, try graph.integers([0])) }
        } else {
            parts = try (0..<3).map { graph("Gather", turned, try graph.integer(Int64($0))) }
        }
        let scores = graph("Div", graph("MatMul", parts[0], graph.transpose(parts[1], 0, 1, 3, 2)), try graph.number(2))
        let weighted = graph("MatMul", graph("Softmax", scores), parts[2])
        let output = graph.transpose(weighted, 0, 2, 1, 3)
        let operators = ["Reshape", "Slice", "Slice", "Slice", "Attention", "Reshape"]
        try graph.expect(operators, outputs: [output], ["x": .noise([2, 5, 3, 6, 4])])
    }

    @Test func `parts of other sizes, other axes and places from the end stay as they are`() throws {
        let writers: [(inout SpelledGraph, String) throws -> String] = [
            { graph, turned in
                let sizes = try graph.integers([2, 1, 0])
                let split = graph.node("Split", turned, sizes, outputs: 3, attributes: [Attribute("axis", .int(0))])
                return graph("Squeeze", split[1], try graph.integers([0]))
            },
            { graph, turned in
                let split = graph.node("Split", turned, outputs: 3, attributes: [Attribute("axis", .int(0))])
                return graph("Squeeze", split[1], try graph.integers([3]))
            },
            { graph, turned in graph("Gather", turned, try graph.integer(-1)) },
        ]
        for write in writers {
            var graph = SpelledGraph()
            let part = try write(&graph, graph.transpose("x", 2, 0, 3, 1, 4))
            let scores = graph("MatMul", part, graph.transpose(part, 0, 1, 3, 2))
            let output = graph("MatMul", graph("Softmax", scores), part)
            let feeds: [String: Tensor] = ["x": try .noise([2, 1, 3, 4, 8])]
            let type = ValueType.tensor(.float, [2, 1, 3, 4, 8].map { .fixed($0) })
            let operators = try InferenceSession(graph.model([output], feeds)).optimisedOperators(for: ["x": type])
            #expect(operators.contains("Attention") && !operators.contains("Slice"))
            try graph.expect(operators, outputs: [output], feeds)
        }
    }

    @Test(arguments: [[7], [5, 7], [1, 1, 5, 7], [2, 1, 1, 7], [2, 3, 5, 7], [3, 1, 7]])
    func `a mask is added, also one that hides everything`(_ shape: [Int]) throws {
        var graph = SpelledGraph()
        let scores = graph("Div", graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)), try graph.number(2))
        let output = Self.weighted(&graph, graph("Add", scores, "m"))
        try graph.expect(["Attention"], outputs: [output], Self.feeds(["m": .noise(shape)]))
        for hidden in [-Float.infinity, -Float.greatestFiniteMagnitude, -10_000] {
            var mask = [Float](repeating: 0, count: shape.reduce(1, *))
            for index in mask.indices where index < 7 || index % 3 == 0 { mask[index] = hidden }
            try graph.expect(["Attention"], outputs: [output], Self.feeds(["m": floats(mask, shape)]))
        }
    }

    @Test func `NaN at a key that is hidden stays NaN`() throws {
        var graph = SpelledGraph()
        let output = Self.weighted(&graph, graph("Add", graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)), "m"))
        var keys = [Float](repeating: 1, count: 2 * 3 * 7 * 4)
        keys[3] = .nan
        let mask = try floats([-.infinity, 0, 0, 0, 0, 0, 0])
        let feeds = try Self.feeds(["m": mask, "k": floats(keys, [2, 3, 7, 4])])
        try graph.expect(["Attention"], outputs: [output], feeds)
    }

    @Test(arguments: [-Float.infinity, -Float.greatestFiniteMagnitude])
    func `a mask may choose between scores and a number`(_ number: Float) throws {
        let truths = (0..<35).map { $0 % 7 <= $0 / 7 }
        for (hides, extra) in [(false, false), (true, false), (false, true)] {
            var graph = SpelledGraph()
            let scores = graph("Mul", graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)), try graph.number(0.5))
            let hidden = try graph.number(number)
            var chosen = hides ? graph("Where", "m", hidden, scores) : graph("Where", "m", scores, hidden)
            if extra { chosen = graph("Add", chosen, "b") }
            let output = Self.weighted(&graph, chosen)
            var feeds = try Self.feeds(["m": Tensor(truths.map { $0 != hides }, shape: Shape([1, 1, 5, 7]))])
            if extra { feeds["b"] = try .noise([2, 1, 1, 7]) }
            let masks = extra ? ["Where", "Add"] : number.isFinite ? ["Where"] : hides ? ["Not"] : []
            try graph.expect(masks + ["Attention"], outputs: [output], feeds)
        }
    }

    @Test func `zeros may take the place of NaN`() throws {
        var graph = SpelledGraph()
        let scores = graph("Add", graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)), "m")
        let softmax = graph("Softmax", scores)
        let safe = graph("Where", graph("IsNaN", softmax), try graph.number(0), softmax)
        let output = graph("MatMul", safe, "v")
        var mask = [Float](repeating: 0, count: 35)
        for index in 0..<9 { mask[index] = -.infinity }
        try graph.expect(["Attention"], outputs: [output], Self.feeds(["m": floats(mask, [5, 7])]))
    }

    @Test func `Keras' equations become Attention`() throws {
        var graph = SpelledGraph()
        let query = graph("Mul", "q", try graph.number(0.5))
        let scores = graph("Einsum", "k", query, attributes: [Attribute("equation", .string("aecd,abcd->acbe"))])
        let softmax = graph("Softmax", scores)
        let output = graph("Einsum", softmax, "v", attributes: [Attribute("equation", .string("acbe, aecd -> abcd"))])
        let feeds: [String: Tensor] = try [
            "q": .noise([2, 5, 3, 4]), "k": .noise([2, 7, 3, 4], seed: 2), "v": .noise([2, 7, 3, 6], seed: 3),
        ]
        try graph.expect(
            ["Mul", "Reshape", "Reshape", "Reshape", "Attention", "Reshape"],
            outputs: [output],
            feeds
        )
    }

    @Test(arguments: ["ij,jk->ki", "bij,bkj->bik", "ij,ij->ij", "bij,bjk->bi", "aij,bjk->abik", "ii,ij->ij"])
    func `an equation is a product of matrices or stays`(_ equation: String) throws {
        var graph = SpelledGraph()
        let output = graph("Einsum", "q", "k", attributes: [Attribute("equation", .string(equation))])
        let shape = equation.first == "b" || equation.first == "a" ? [2, 3, 3] : [3, 3]
        let products = ["ij,jk->ki": ["Transpose", "Transpose", "MatMul"], "bij,bkj->bik": ["Transpose", "MatMul"]]
        let feeds: [String: Tensor] = try ["q": .noise(shape), "k": .noise(shape, seed: 2)]
        try graph.expect(products[equation] ?? ["Einsum"], outputs: [output], feeds)
    }

    @Test func `shapes that are open are proven by the plan`() throws {
        var graph = SpelledGraph()
        let output = Self.weighted(&graph, graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)))
        let feeds = try Self.feeds()
        let session = try InferenceSession(graph.model([output], feeds, isOpen: true))
        #expect(try session.optimisedOperators() == ["Transpose", "MatMul", "Softmax", "MatMul"])
        try graph.expect(["Attention"], outputs: [output], feeds, isOpen: true)
    }

    @Test func `PyTorch's scale from the shape of the query vanishes`() throws {
        var graph = SpelledGraph()
        let one = graph.constant(try ints([-1]))
        let end = graph.constant(try ints([.max]))
        let size = graph("Slice", graph("Shape", "q"), one, end)
        let scale = graph(
            "Div",
            try graph.number(1, [1]),
            graph("Sqrt", graph("Cast", size, attributes: [Attribute("to", .int(1))]))
        )
        let root = graph("Sqrt", scale)
        let query = graph("Mul", "q", root)
        let key = graph("Mul", graph.transpose("k", 0, 1, 3, 2), root)
        let output = Self.weighted(&graph, graph("MatMul", query, key))
        try graph.expect(["Attention"], outputs: [output], Self.feeds())
    }

    @Test func `what only looks like it stays as it is`() throws {
        let plain = ["Transpose", "MatMul", "Softmax", "MatMul"]
        var graph = SpelledGraph()
        let scores = graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2))
        let columns = graph("MatMul", graph("Softmax", scores, attributes: [Attribute("axis", .int(2))]), "v")
        try graph.expect(plain, outputs: [columns], Self.feeds())

        graph = SpelledGraph()
        let softmax = graph("Softmax", graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)))
        let shown = graph("MatMul", softmax, "v")
        try graph.expect(plain, outputs: [shown, softmax], Self.feeds())

        graph = SpelledGraph()
        let broadcast = Self.weighted(&graph, graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)))
        try graph.expect(plain, outputs: [broadcast], Self.feeds(["k": .noise([1, 3, 7, 4])]))

        graph = SpelledGraph()
        let one = graph("Add", graph("MatMul", "q", graph.transpose("k", 0, 1, 3, 2)), "m")
        let shared = Self.weighted(&graph, one)
        try graph.expect(
            ["Transpose", "MatMul", "Add", "Softmax", "MatMul"],
            outputs: [shared],
            Self.feeds(["m": .noise([5, 1])])
        )
    }
}
