import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Models that go wrong before any node runs, or around it.
@Suite struct AbuseModelTests {
    private static let extents: [Int] = [.min, -1, 0, 1 << 40, 1 << 62, .max]

    @Test(arguments: extents)
    func `extents that a model declares are no reason to end`(extent: Int) throws {
        let nodes = [
            Node("Slice", inputs: ["x", "start", "end", "axis"], outputs: ["slice"]),
            Node("Split", inputs: ["x"], outputs: ["first", "second"], attributes: [Attribute("axis", .int(2))]),
            Node("Concat", inputs: ["x", "x"], outputs: ["double"], attributes: [Attribute("axis", .int(2))]),
            Node("MaxPool", inputs: ["x"], outputs: ["pool"], attributes: [Attribute("kernel_shape", .ints([2, 2]))]),
            Node("Conv", inputs: ["x", "x"], outputs: ["conv"], attributes: [Attribute("pads", .ints([1, 1, 1, 1]))]),
            Node(
                "AveragePool",
                inputs: ["x"],
                outputs: ["same"],
                attributes: [
                    Attribute("kernel_shape", .ints([2, 2])), Attribute("auto_pad", .string("SAME_UPPER")),
                ]
            ),
            Node("SpaceToDepth", inputs: ["x"], outputs: ["depth"], attributes: [Attribute("blocksize", .int(2))]),
            Node("DepthToSpace", inputs: ["x"], outputs: ["space"], attributes: [Attribute("blocksize", .int(2))]),
            Node("GatherND", inputs: ["x", "x"], outputs: ["nd"], attributes: [Attribute("batch_dims", .int(1))]),
            Node("Reshape", inputs: ["x", "shape"], outputs: ["reshaped"]),
            Node("Flatten", inputs: ["x"], outputs: ["flat"]),
            Node("Pad", inputs: ["x", "pads"], outputs: ["padded"]),
            Node("Tile", inputs: ["x", "repeats"], outputs: ["tiled"]),
            Node("Shape", inputs: ["x"], outputs: ["extents"]),
            Node("Expand", inputs: ["x", "extents"], outputs: ["expanded"]),
            Node("ConstantOfShape", inputs: ["extents"], outputs: ["filled"]),
        ]
        let x = ValueType.tensor(.float, shape: [.fixed(1), .fixed(4), .fixed(extent), .fixed(extent)])
        let session = try InferenceSession(
            model(
                nodes,
                inputs: ["x", "shape"],
                outputs: nodes.flatMap(\.outputs),
                initializers: [
                    "start": ints([1]), "end": ints([.max]), "axis": ints([2]),
                    "pads": ints([0, 0, 1, .max, 0, 0, .min, 1]), "repeats": ints([1, 1, 2, .max]),
                ],
                types: ["x": x, "shape": .tensor(.int64, shape: [.fixed(extent)])]
            )
        )
        let error = #expect(throws: EngineError.self) {
            try session.run(["x": .tensor(floats([1], [1, 1, 1, 1])), "shape": .tensor(ints([1]))])
        }
        #expect(error?.description.contains("shape is [1") == true)
    }

    @Test func `extents that double at each node are not followed`() throws {
        var nodes = [Node("Shape", inputs: ["x"], outputs: ["s0"])]
        for index in 0..<60 {
            nodes.append(
                Node(
                    "Concat",
                    inputs: ["s\(index)", "s\(index)"],
                    outputs: ["s\(index + 1)"],
                    attributes: [Attribute("axis", .int(0))]
                )
            )
        }
        let x = ValueType.tensor(.float, shape: [.symbol("n"), .fixed(2)])
        let session = try InferenceSession(model(nodes, inputs: ["x"], outputs: ["s60"], types: ["x": x]))
        #expect(session.inputs.count == 1)
    }

    @Test(arguments: [
        ([Int64(0), 3], [2], "Constant"), ([0, 1], [2, 1], "2 indices for 2 values, expected 2 or 4"),
        ([0, 1, 0, 9], [2, 2], "index 9 of a sparse tensor is outside of [2, 2]"),
        ([0, .min], [2], "index -9223372036854775808 of a sparse tensor is outside of [2, 2]"),
    ])
    func `places of a sparse tensor lie inside of it`(_ places: [Int64], _ shape: [Int], _ expected: String) throws {
        let sparse = OnnxSparseTensor(
            values: OnnxTensor(name: "", tensor: try floats([5, 6])),
            indices: OnnxTensor(name: "", tensor: try ints(places, shape)),
            shape: try #require(Shape([2, 2]))
        )
        let tester = OperatorTester("Constant", [Attribute("sparse_value", .sparseTensor(sparse))])
        if expected == "Constant" {
            #expect(try tester.run([])[0].tensor?.elements(as: Float.self) == [5, 0, 0, 6])
        } else {
            #expect(tester.error([]) == "node `n` (Constant, opset 17): \(expected)")
        }
    }

    @Test func `sparse tensors together stay within the limit of a run`() throws {
        let sparse = OnnxSparseTensor(
            values: OnnxTensor(name: "", tensor: try floats([])),
            indices: OnnxTensor(name: "", tensor: try ints([])),
            shape: .vector(1000)
        )
        let nodes = (0..<3).map {
            Node(
                "Constant",
                name: "c\($0)",
                inputs: [],
                outputs: ["y\($0)"],
                attributes: [Attribute("sparse_value", .sparseTensor(sparse))]
            )
        }
        var options = InferenceOptions.default
        options.limits.totalByteCount = 10_000
        let error = #expect(throws: EngineError.self) {
            try InferenceSession(model(nodes, inputs: [], outputs: ["y0"]), options: options)
        }
        #expect(
            error?.description
                == "node `c2` (Constant, opset 17): the values of the run together are larger than the limit of 10000 bytes"
        )
    }

    @Test func `resizing nothing to nothing gives nothing`() throws {
        let result = try OperatorTester("Resize").run([floats([], [0, 4]), nil, nil, ints([3, 0])])
        #expect(result[0].tensor?.shape.dimensions == [3, 0])
    }

    @Test func `a subgraph sees the value that is fed in the place of an initializer`() throws {
        var branch = Graph(name: "branch")
        branch.nodes = [Node("Identity", inputs: ["w"], outputs: ["b"])]
        branch.outputs = [ValueInfo(name: "b", type: nil)]
        let attributes = [Attribute("then_branch", .graph(branch)), Attribute("else_branch", .graph(branch))]
        let session = try InferenceSession(
            model(
                [Node("If", inputs: ["c"], outputs: ["y"], attributes: attributes)],
                inputs: ["c", "w"],
                outputs: ["y"],
                initializers: ["w": floats([1])],
                types: ["c": .tensor(.bool, shape: [])]
            )
        )
        let condition = Value.tensor(try Tensor([true], shape: .scalar))
        #expect(try session.run(["c": condition])["y"]?.tensor?.elements(as: Float.self) == [1])
        let fed = try session.run(["c": condition, "w": .tensor(floats([2]))])
        #expect(try fed["y"]?.tensor?.elements(as: Float.self) == [2])
    }
}
