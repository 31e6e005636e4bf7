import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct InferenceSessionTests {
    private let sum = model(
        [Node("Add", name: "add", inputs: ["x", "w"], outputs: ["y"])],
        inputs: ["x"],
        outputs: ["y"],
        initializers: (try? ["w": floats([10, 20])]) ?? [:],
        types: ["x": .tensor(.float, ["batch", 2])]
    )

    @Test(
        arguments: [
            (["z": [1]], "the model has no input `z`, expected `x`"), ([:], "input `x` is missing, expected `x`"),
            (["x": [3]], "input `x`: shape is [3], expected [batch, 2]"),
            (["x": [1, 3]], "input `x`: shape is [1, 3], expected [batch, 2]"),
        ] as [([String: [Int]], String)]
    )
    func `feeds that the model does not take are refused`(_ shapes: [String: [Int]], _ expected: String) throws {
        let session = try InferenceSession(sum)
        let feeds = try shapes.mapValues { shape in
            Value.tensor(try floats([Float](repeating: 1, count: shape.reduce(1, *)), shape))
        }
        let error = #expect(throws: EngineError.self) { try session.run(feeds) }
        #expect(error?.description == expected)
        #expect(error?.code == .input)
    }

    @Test func `an input of another type, and an output that is not there, are refused`() throws {
        let session = try InferenceSession(sum)
        let type = #expect(throws: EngineError.self) { try session.run(["x": .tensor(ints([1, 2], [1, 2]))]) }
        #expect(type?.description == "input `x`: element type is `int64`, expected `float`")
        let output = #expect(throws: EngineError.self) {
            try session.run(["x": .tensor(floats([1, 2], [1, 2]))], outputs: ["z"])
        }
        #expect(output?.description == "the model has no output `z`, expected `y`")
    }

    @Test func `plans are kept for each signature, and no more than asked for`() throws {
        var options = InferenceOptions.default
        options.cachedPlanCount = 3
        let session = try InferenceSession(sum, options: options)
        for batch in [1, 2, 3, 4, 5, 4, 5] {
            let x = try floats([Float](repeating: 1, count: 2 * batch), [batch, 2])
            let y = try session.run(["x": .tensor(x)])["y"]?.tensor
            #expect(try y?.elements(as: Float.self) == [Float]((0..<batch).flatMap { _ in [11, 21] }))
            #expect(session.planCount <= 3)
        }
        #expect(session.planCount == 3)
    }

    @Test func `an initializer that is an input too may be fed`() throws {
        var overridable = sum
        overridable.graph.inputs.append(ValueInfo(name: "w", type: .tensor(.float, shape: nil)))
        let session = try InferenceSession(overridable)
        #expect(session.inputs.map(\.name) == ["x"])
        let x = Value.tensor(try floats([1, 2], [1, 2]))
        #expect(try session.run(["x": x])["y"]?.tensor?.elements(as: Float.self) == [11, 22])
        let fed = try session.run(["x": x, "w": .tensor(floats([5, 5]))])["y"]?.tensor
        #expect(try fed?.elements(as: Float.self) == [6, 7])
    }

    @Test(arguments: [InferenceOptions.default, .reference])
    func `functions and subgraphs see the values they should`(options: InferenceOptions) throws {
        let local = OperatorDomain("local")
        var function = Function(
            name: "Twice",
            domain: local,
            inputs: ["a"],
            outputs: ["b"],
            nodes: [
                Node(
                    "Constant",
                    inputs: [],
                    outputs: ["f"],
                    attributes: [Attribute("value_float", .reference("by", kind: .float))]
                ),
                Node("Mul", inputs: ["a", "f"], outputs: ["b"]),
            ]
        )
        function.attributeDefaults = [Attribute("by", .float(2))]
        var branch = Graph(name: "then")
        branch.outputs = [ValueInfo(name: "t", type: nil)]
        branch.nodes = [Node("Add", inputs: ["d", "x"], outputs: ["t"])]
        var other = branch
        other.nodes = [Node("Sub", inputs: ["d", "x"], outputs: ["t"])]
        var whole = model(
            [
                Node("Twice", domain: local, inputs: ["x"], outputs: ["d"], attributes: [Attribute("by", .float(3))]),
                Node(
                    "If",
                    inputs: ["c"],
                    outputs: ["y"],
                    attributes: [
                        Attribute("then_branch", .graph(branch)), Attribute("else_branch", .graph(other)),
                    ]
                ),
            ],
            inputs: ["x", "c"],
            outputs: ["y"],
            types: ["c": .tensor(.bool, [])],
            opsets: [OpsetImport(domain: .onnx, version: 17), OpsetImport(domain: local, version: 1)]
        )
        whole.functions = [function]
        let session = try InferenceSession(whole, options: options)
        for (condition, expected) in [(true, Float(8)), (false, 4)] {
            let feeds: [String: Value] = try [
                "x": .tensor(floats([2])), "c": .tensor(Tensor([condition], shape: .scalar)),
            ]
            #expect(try session.run(feeds)["y"]?.tensor?.elements(as: Float.self) == [expected])
        }
    }

    @Test func `a reference to an attribute of a function is refused outside of functions`() throws {
        let axis = Attribute("axis", .reference("a", kind: .int))
        let node = Node("Softmax", name: "n", inputs: ["x"], outputs: ["y"], attributes: [axis])
        let error = #expect(throws: EngineError.self) {
            try InferenceSession(model([node], inputs: ["x"], outputs: ["y"]))
        }
        #expect(
            error?.description == """
                node `n` (Softmax, opset 17): attribute `axis` refers to the attribute `a` of a function, and no \
                function is around it
                """
        )
    }

    @Test func `a function that calls itself is refused`() throws {
        let local = OperatorDomain("local")
        let node = Node("F", domain: local, name: "f", inputs: ["a"], outputs: ["b"])
        var whole = model(
            [Node("F", domain: local, name: "f", inputs: ["x"], outputs: ["y"])],
            inputs: ["x"],
            outputs: ["y"],
            opsets: [OpsetImport(domain: local, version: 1)]
        )
        whole.functions = [Function(name: "F", domain: local, inputs: ["a"], outputs: ["b"], nodes: [node])]
        let error = #expect(throws: EngineError.self) { try InferenceSession(whole) }
        #expect(error?.message == "subgraphs and functions lie more than 32 deep in one another")
    }

    @Test(arguments: [
        (["x", "z"], "node `n` (Add, opset 17): input `z` is made by no node before this one"),
        (["x", "y"], "node `n` (Add, opset 17): input `y` is made by no node before this one"),
    ])
    func `a node needs values that are there`(_ inputs: [String], _ expected: String) throws {
        let broken = model([Node("Add", name: "n", inputs: inputs, outputs: ["y"])], inputs: ["x"], outputs: ["y"])
        let error = #expect(throws: EngineError.self) { try InferenceSession(broken) }
        #expect(error?.description == expected)
        #expect(error?.kind == .invalid)
    }

    @Test func `an operator at a version that is not handled is refused as unsupported`() throws {
        let old = model(
            [Node("Scan", name: "n", inputs: ["x"], outputs: ["y"])],
            inputs: ["x"],
            outputs: ["y"],
            opsets: [OpsetImport(domain: .onnx, version: 7)]
        )
        let error = #expect(throws: EngineError.self) { try InferenceSession(old) }
        #expect(error?.kind == .unsupported)
        #expect(
            error?.description
                == """
                node `n` (Scan, opset 7): operator `Scan` of domain `ai.onnx` is not supported at opset 7, expected \
                one that uses its version 8, 9, 11, 16, 19, 21, 23, 24, 25
                """
        )
        #expect(error?.hint == "`docs/operators.md` lists the operators")
    }
}
