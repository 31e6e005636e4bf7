import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct ActivationFusionTests {
    /// Numbers of every size, and those that are none.
    private static let numbers: [Float] = [
        -.infinity, -1e6, -100, -20, -5, -3, -1.5, -0.75, -0.1, -1e-6, 0, 1e-6, 0.1, 0.5, 1, 2.5, 3, 5, 20, 100, 1e6,
        .infinity, .nan, 0.33,
    ]

    private func expect(_ expected: [String], _ spelling: Spelling) throws {
        var graph = SpelledGraph()
        let output = try spelling.write(&graph)
        try graph.expect(expected, outputs: [output], ["x": floats(Self.numbers, [2, 3, 4])])
        try graph.expect(expected, outputs: [output], ["x": floats(Self.numbers, [2, 3, 4])], isOpen: true)
    }

    private static let exactGelus = [
        Spelling("PyTorch: x * 0.5 * (1 + erf(x / sqrt(2)))") { g in
            let erf = g("Erf", g("Div", "x", try g.number(1.4142135)))
            return g("Mul", g("Mul", "x", g("Add", erf, try g.number(1))), try g.number(0.5))
        },
        Spelling("0.5 * x * (1 + erf(x * 0.7071))") { g in
            let erf = g("Erf", g("Mul", try g.number(0.70710677), "x"))
            return g("Mul", g("Mul", try g.number(0.5), "x"), g("Add", try g.number(1, [1]), erf))
        },
        Spelling("x * (0.5 * (1 + erf))") { g in
            let erf = g("Erf", g("Div", "x", try g.number(1.4142135)))
            return g("Mul", "x", g("Mul", try g.number(0.5), g("Add", try g.number(1), erf)))
        },
        Spelling("x * (0.5 + 0.5 * erf)") { g in
            let erf = g("Erf", g("Div", "x", try g.number(1.4142135)))
            return g("Mul", "x", g("Add", g("Mul", erf, try g.number(0.5)), try g.number(0.5)))
        },
        Spelling("x / 2 * (1 + erf)") { g in
            let erf = g("Erf", g("Div", "x", try g.number(1.4142135)))
            return g("Mul", g("Div", "x", try g.number(2)), g("Add", erf, try g.number(1)))
        },
        Spelling("JAX: 0.5 * x * (1 - erf(-x * 0.7071))") { g in
            let erf = g("Erf", g("Mul", g("Neg", "x"), try g.number(0.70710677)))
            return g("Mul", g("Mul", try g.number(0.5), "x"), g("Sub", try g.number(1), erf))
        },
        Spelling("x * (1 + erf) / 2, in a rounded root") { g in
            let erf = g("Erf", g("Mul", "x", try g.number(0.7071)))
            return g("Div", g("Mul", g("Add", erf, try g.number(1)), "x"), try g.number(2))
        },
    ]

    private static let tanhGelus = [
        Spelling("0.5 * x * (1 + tanh(c * (x + 0.044715 * x ^ 3)))") { g in
            let cube = g("Mul", try g.number(0.044715), g("Pow", "x", try g.number(3)))
            let tanh = g("Tanh", g("Mul", try g.number(0.7978846), g("Add", "x", cube)))
            return g("Mul", g("Mul", try g.number(0.5), "x"), g("Add", try g.number(1), tanh))
        },
        Spelling("x * x * x in the place of the power") { g in
            let cube = g("Mul", g("Mul", g("Mul", "x", "x"), "x"), try g.number(0.044715))
            let tanh = g("Tanh", g("Mul", g("Add", cube, "x"), try g.number(0.7978845)))
            return g("Mul", "x", g("Mul", g("Add", tanh, try g.number(1)), try g.number(0.5)))
        },
        Spelling("c * x * (1 + 0.044715 * x * x)") { g in
            let square = g("Mul", g("Mul", try g.number(0.044715), "x"), "x")
            let argument = g("Mul", g("Mul", "x", try g.number(0.7978846)), g("Add", try g.number(1), square))
            return g("Mul", g("Mul", "x", try g.number(0.5)), g("Add", g("Tanh", argument), try g.number(1)))
        },
        Spelling("x * sigmoid(2 c (x + 0.044715 x ^ 3))") { g in
            let cube = g("Mul", try g.number(0.044715), g("Pow", "x", try g.number(3)))
            return g("Mul", "x", g("Sigmoid", g("Mul", try g.number(1.5957692), g("Add", "x", cube))))
        },
    ]

    @Test(arguments: exactGelus + tanhGelus) func `all spellings of GELU become Gelu`(_ spelling: Spelling) throws {
        try expect(["Gelu"], spelling)
    }

    @Test(arguments: [
        Spelling("x * sigmoid(x)") { g in g("Mul", "x", g("Sigmoid", "x")) },
        Spelling("sigmoid(x) * x") { g in g("Mul", g("Sigmoid", "x"), "x") },
        Spelling("x / (1 + exp(-x))") { g in g("Div", "x", g("Add", g("Exp", g("Neg", "x")), try g.number(1))) },
        Spelling("x * sigmoid(1.5 * x)") { g in g("Mul", "x", g("Sigmoid", g("Mul", "x", try g.number(1.5)))) },
    ])
    func `SiLU becomes Swish`(_ spelling: Spelling) throws { try expect(["Swish"], spelling) }

    @Test func `the sigmoid of 1.702 times a number makes QuickGelu`() throws {
        try expect(
            ["com.microsoft.QuickGelu"],
            Spelling("") { g in g("Mul", "x", g("Sigmoid", g("Mul", try g.number(1.702), "x"))) }
        )
    }

    @Test(arguments: [
        Spelling("tanh(softplus(x))") { g in g("Mul", "x", g("Tanh", g("Softplus", "x"))) },
        Spelling("tanh(log(1 + exp(x)))") { g in
            g("Mul", g("Tanh", g("Log", g("Add", try g.number(1), g("Exp", "x")))), "x")
        },
    ])
    func `both spellings become Mish`(_ spelling: Spelling) throws { try expect(["Mish"], spelling) }

    @Test(arguments: [
        Spelling("x * hardsigmoid(x)") { g in
            g("Mul", "x", g("HardSigmoid", "x", attributes: [Attribute("alpha", .float(1.0 / 6))]))
        },
        Spelling("x * clip(x + 3, 0, 6) / 6") { g in
            let clip = g("Clip", g("Add", "x", try g.number(3)), try g.number(0), try g.number(6))
            return g("Div", g("Mul", "x", clip), try g.number(6))
        },
        Spelling("x * (clip(3 + x, 0, 6) * 0.1667)") { g in
            let clip = g("Clip", g("Add", try g.number(3), "x"), try g.number(0), try g.number(6))
            return g("Mul", "x", g("Mul", clip, try g.number(1.0 / 6)))
        },
    ])
    func `all spellings become HardSwish`(_ spelling: Spelling) throws { try expect(["HardSwish"], spelling) }

    @Test(arguments: [
        Spelling("relu(x) + log(1 + exp(-abs(x)))") { g in
            let log = g("Log", g("Add", g("Exp", g("Neg", g("Abs", "x"))), try g.number(1)))
            return g("Add", g("Relu", "x"), log)
        },
        Spelling("log(…) + max(x, 0)") { g in
            let log = g("Log", g("Add", try g.number(1), g("Exp", g("Neg", g("Abs", "x")))))
            return g("Add", log, g("Max", "x", try g.number(0)))
        },
    ])
    func `the spelling that does not overflow becomes Softplus`(_ spelling: Spelling) throws {
        try expect(["Softplus"], spelling)
    }

    @Test(arguments: [
        (
            ["Div", "Erf", "Add", "Mul", "Mul"],
            Spelling("another root") { g in
                let erf = g("Erf", g("Div", "x", try g.number(1.5)))
                return g("Mul", g("Mul", "x", g("Add", erf, try g.number(1))), try g.number(0.5))
            }
        ),
        (
            ["Sigmoid", "Mul"],
            Spelling("the sigmoid of something else") { g in g("Mul", "x", g("Sigmoid", "z")) }
        ),
        (
            ["Exp", "Add", "Log"],
            Spelling("a logarithm that overflows") { g in g("Log", g("Add", try g.number(1), g("Exp", "x"))) }
        ),
        (
            ["Add", "Clip", "Mul", "Div"],
            Spelling("a ramp of another height") { g in
                let clip = g("Clip", g("Add", "x", try g.number(3)), try g.number(0), try g.number(5))
                return g("Div", g("Mul", "x", clip), try g.number(6))
            }
        ),
        (
            ["Sigmoid", "Mul"],
            Spelling("a constant that adds an axis") { g in
                g("Mul", g("Sigmoid", g("Mul", "x", try g.number(1, [1, 1, 1, 1]))), "x")
            }
        ),
    ])
    func `what only looks like it stays as it is`(_ expected: [String], _ spelling: Spelling) throws {
        var graph = SpelledGraph()
        let output = try spelling.write(&graph)
        let x = try floats(Self.numbers, [2, 3, 4])
        let feeds = try graph.nodes.contains { $0.inputs.contains("z") } ? ["x": x, "z": .noise([2, 3, 4])] : ["x": x]
        let isWider = spelling.testDescription.contains("axis")
        try graph.expect(isWider ? ["Mul"] + expected : expected, outputs: [output], feeds)
    }

    @Test func `values inside that others read stay`() throws {
        var graph = SpelledGraph()
        let sigmoid = graph("Sigmoid", "x")
        let product = graph("Mul", "x", sigmoid)
        let x = ["x": try floats(Self.numbers)]
        try graph.expect(["Sigmoid", "Mul"], outputs: [product, sigmoid], x)
        let other = graph("Neg", sigmoid)
        try graph.expect(["Sigmoid", "Mul", "Neg"], outputs: [product, other], x)
    }

    @Test func `other types than float are left alone`() throws {
        var graph = SpelledGraph()
        let product = graph("Mul", "x", graph("Sigmoid", "x"))
        let x = try Tensor([Double](arrayLiteral: -1, 0, 2))
        try graph.expect(["Sigmoid", "Mul"], outputs: [product], ["x": x])
    }

    @Test func `operators in functions are found`() throws {
        let local = OperatorDomain("local")
        let function = Function(
            name: "Silu",
            domain: local,
            inputs: ["a"],
            outputs: ["b"],
            nodes: [Node("Sigmoid", inputs: ["a"], outputs: ["s"]), Node("Mul", inputs: ["a", "s"], outputs: ["b"])]
        )
        var whole = model(
            [Node("Silu", domain: local, inputs: ["x"], outputs: ["y"])],
            inputs: ["x"],
            outputs: ["y"],
            opsets: [OpsetImport(domain: .onnx, version: 17), OpsetImport(domain: local, version: 1)]
        )
        whole.functions = [function]
        #expect(try InferenceSession(whole).optimisedOperators() == ["Swish"])
    }
}
