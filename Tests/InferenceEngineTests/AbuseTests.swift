import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A node that asks for something wrong or for too much, and what it is told.
private struct Abuse: Sendable, CustomTestStringConvertible {
    let opType: String
    var domain = OperatorDomain.onnx
    var opset: Int64 = 17
    var attributes: [Attribute] = []
    var inputs: [@Sendable () throws -> Tensor?] = []
    let error: String

    var testDescription: String { "\(opType): \(error)" }
}

private let image: @Sendable () throws -> Tensor? = { try floats([Float](repeating: 1, count: 16), [1, 1, 4, 4]) }
private let matrix: @Sendable () throws -> Tensor? = { try floats([1, 2, 3, 4], [2, 2]) }

private func integers(_ elements: Int64...) -> @Sendable () throws -> Tensor? { { try ints(elements) } }
private func scalar(_ element: Int64) -> @Sendable () throws -> Tensor? { { try ints([element], []) } }

/// Zeros of a shape.
private func grid(_ extents: Int...) -> @Sendable () throws -> Tensor? {
    { try floats([Float](repeating: 0, count: extents.reduce(1, *)), extents) }
}

private let abuses: [Abuse] = [
    Abuse(
        opType: "Nonsense",
        error: "operator `Nonsense` of domain `ai.onnx` is not supported"
    ),
    Abuse(
        opType: "Softmax",
        attributes: [Attribute("axis", .int(2))],
        inputs: [matrix],
        error: "axis 2 is out of range, expected -2 to 1 for rank 2"
    ),
    Abuse(
        opType: "Softmax",
        attributes: [Attribute("axis", .float(1))],
        inputs: [matrix],
        error: "attribute `axis` has the kind `float`, expected an int"
    ),
    Abuse(
        opType: "MaxPool",
        attributes: [Attribute("kernel_shape", .ints([2, 2])), Attribute("strides", .ints([0, 1]))],
        inputs: [image],
        error: "attribute `strides` is [0, 1], expected numbers from 1"
    ),
    Abuse(
        opType: "MaxPool",
        attributes: [Attribute("kernel_shape", .ints([-1, 2]))],
        inputs: [image],
        error: "attribute `kernel_shape` is [-1, 2], expected numbers from 1"
    ),
    Abuse(
        opType: "MaxPool",
        attributes: [Attribute("kernel_shape", .ints([9, 2]))],
        inputs: [image],
        error: "a window of 9 does not fit axis 2 of 4 with pads 0 and 0"
    ),
    Abuse(
        opType: "MaxPool",
        attributes: [Attribute("kernel_shape", .ints([1 << 31, 1 << 31]))],
        inputs: [image],
        error: "a window of [2147483648, 2147483648] is not within the limit of 1 to 16777216 elements"
    ),
    Abuse(
        opType: "Gather",
        inputs: [matrix, integers(2)],
        error: "index 2 is out of range, expected -2 to 1"
    ),
    Abuse(
        opType: "Gather",
        inputs: [matrix, integers(.min)],
        error: "index -9223372036854775808 is out of range, expected -2 to 1"
    ),
    Abuse(
        opType: "Add",
        inputs: [{ try floats([1, 2]) }, { try floats([1, 2, 3]) }],
        error: "shapes [2] and [3] do not broadcast"
    ),
    Abuse(
        opType: "Add",
        inputs: [{ try floats([1]) }, integers(1)],
        error: "element types `float` and `int64` differ"
    ),
    Abuse(
        opType: "Reshape",
        inputs: [matrix, integers(3, -1)],
        error: "[2, 2] has 4 elements, which [3, -1] does not divide"
    ),
    Abuse(
        opType: "Transpose",
        attributes: [Attribute("perm", .ints([0, 0]))],
        inputs: [matrix],
        error: "attribute `perm` is [0, 0], expected each axis of [2, 2] once"
    ),
    Abuse(
        opType: "Slice",
        inputs: [matrix, integers(0), integers(2), integers(0), integers(0)],
        error: "the step of axis 0 is 0, expected another"
    ),
    Abuse(
        opType: "TopK",
        inputs: [matrix, integers(3)],
        error: "k is 3, expected 0 to 2, the extent of axis 1"
    ),
    Abuse(
        opType: "LinearClassifier",
        domain: .onnxML,
        opset: 3,
        attributes: [
            Attribute("coefficients", .floats([1, 2, 3])), Attribute("classlabels_ints", .ints([0, 1])),
        ],
        inputs: [matrix],
        error: "input has 2 features, which 3 coefficients do not fit"
    ),
    Abuse(
        opType: "ConstantOfShape",
        inputs: [integers(1 << 20, 1 << 20)],
        error: "a tensor `float` [1048576, 1048576] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "ConstantOfShape",
        inputs: [integers(.max, .max)],
        error: "the output has more elements than fit an `Int`"
    ),
    Abuse(
        opType: "ConstantOfShape",
        inputs: [integers(0, .max)],
        error:
            "shape [0, 9223372036854775807] has no elements, and along its other axes more than the limit of 16777216 places"
    ),
    Abuse(
        opType: "ConstantOfShape",
        inputs: [integers(-1)],
        error: "dimension -1 of the output is negative"
    ),
    Abuse(
        opType: "Expand",
        inputs: [matrix, integers(1 << 40, 1, 1)],
        error: "a tensor `float` [1099511627776, 2, 2] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "Tile",
        inputs: [matrix, integers(.max, 2)],
        error: "the output has more elements than fit an `Int`"
    ),
    Abuse(
        opType: "Range",
        inputs: [scalar(0), scalar(.max), scalar(1)],
        error: "a tensor `int64` [9223372036854775807] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "Range",
        inputs: [scalar(.min), scalar(.max), scalar(1)],
        error: "the range from -9223372036854775808 to 9223372036854775807 is too long"
    ),
    Abuse(
        opType: "Pad",
        inputs: [matrix, integers(.max, 0, .max, 0)],
        error: "the pads [9223372036854775807, 0, 9223372036854775807, 0] are too large"
    ),
    Abuse(
        opType: "Resize",
        inputs: [matrix, { nil }, { try floats([1e9, 1e9]) }],
        error: "a tensor `double` [2000000000, 2000000000] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "ConstantOfShape",
        inputs: [integers(0, 1 << 24, 2)],
        error: "shape [0, 16777216, 2] has no elements, and along its other axes more than the limit of 16777216 places"
    ),
    Abuse(
        opType: "Add",
        inputs: [grid(700, 1, 700, 1), grid(1, 700, 1, 700)],
        error: "a tensor `float` [700, 700, 700, 700] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "MatMul",
        inputs: [grid(700, 1, 700, 1, 1, 1), grid(1, 700, 1, 700, 1, 1)],
        error: "a tensor `float` [700, 700, 700, 700, 1, 1] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "Cast",
        opset: 1,
        attributes: [Attribute("to", .string("nonsense"))],
        inputs: [matrix],
        error: "attribute `to` is `nonsense`, expected the name of an element type"
    ),
    Abuse(
        opType: "Conv",
        attributes: [Attribute("group", .int(.max))],
        inputs: [image, image],
        error: "attribute `group` is 9223372036854775807, expected 1 to 16777216"
    ),
    Abuse(
        opType: "GroupNormalization",
        opset: 18,
        attributes: [Attribute("num_groups", .int(.max))],
        inputs: [{ try floats([], [2, 0]) }, { try floats([]) }, { try floats([]) }],
        error: "attribute `num_groups` is 9223372036854775807, expected 1 to 16777216"
    ),
    Abuse(
        opType: "Einsum",
        attributes: [Attribute("equation", .string("i->ii"))],
        inputs: [{ try floats([1, 2]) }],
        error: "the output of `equation` names an axis twice"
    ),
    Abuse(
        opType: "Einsum",
        attributes: [Attribute("equation", .string("i.j->ij"))],
        inputs: [matrix],
        error: "attribute `equation` is `i.j->ij`, expected terms of letters such as `ij,jk->ik`"
    ),
    Abuse(
        opType: "Pad",
        inputs: [matrix, integers(.min, 0, .max, 0)],
        error: "the pads [-9223372036854775808, 0, 9223372036854775807, 0] are too large"
    ),
    Abuse(
        opType: "Scan",
        opset: 16,
        attributes: [Attribute("num_scan_inputs", .int(.min))],
        inputs: [matrix],
        error: "attribute `num_scan_inputs` is -9223372036854775808, expected 1 or more"
    ),
    Abuse(
        opType: "Scan",
        opset: 8,
        attributes: [Attribute("num_scan_inputs", .int(1)), Attribute("body", .graph(Graph(name: "body")))],
        inputs: [{ nil }, matrix, { try floats([1, 2], [1, 2]) }],
        error: "an input has shape [1, 2], expected 2 samples as the first"
    ),
    Abuse(
        opType: "Split",
        inputs: [matrix, integers(1 << 62, 1 << 62, 1 << 62, 1 << 62, 2)],
        error: """
            lengths [4611686018427387904, 4611686018427387904, 4611686018427387904, 4611686018427387904, 2] \
            do not add up to 2, axis 0
            """
    ),
    Abuse(
        opType: "Split",
        opset: 18,
        attributes: [Attribute("num_outputs", .int(1 << 20))],
        inputs: [matrix],
        error: "attribute `num_outputs` is 1048576, expected 1 as the node has outputs"
    ),
    Abuse(
        opType: "TreeEnsembleRegressor",
        domain: .onnxML,
        opset: 3,
        attributes: [
            Attribute("nodes_treeids", .ints([0])), Attribute("nodes_nodeids", .ints([0])),
            Attribute("nodes_featureids", .ints([.max])), Attribute("nodes_modes", .strings(["BRANCH_LEQ"])),
            Attribute("nodes_values", .floats([0])), Attribute("nodes_truenodeids", .ints([0])),
            Attribute("nodes_falsenodeids", .ints([0])), Attribute("n_targets", .int(1)),
        ],
        inputs: [matrix],
        error: "attribute `nodes_featureids` is 9223372036854775807, expected an index from 0 to 2147483647"
    ),
]

@Suite struct AbuseTests {
    @Test(arguments: abuses)
    private func `what a node asks wrongly is an error at the node`(abuse: Abuse) throws {
        let tester = OperatorTester(abuse.opType, domain: abuse.domain, opset: abuse.opset, abuse.attributes)
        let error = tester.error(try abuse.inputs.map { try $0() })
        let name = abuse.domain == .onnx ? abuse.opType : "\(abuse.domain).\(abuse.opType)"
        #expect(error == "node `n` (\(name), opset \(abuse.opset)): \(abuse.error)")
    }

    @Test(arguments: [
        ("Div", [Int64.min, 7], [-1, 0], [Int64.min, 0]), ("Mod", [Int64.min, 7], [-1, 0], [0, 0]),
        ("Mul", [.max, 2], [2, 3], [-2, 6]), ("Pow", [2, 0], [64, -1], [0, 0]),
    ])
    func `arithmetic of integers wraps and never traps`(_ name: String, _ x: [Int64], _ y: [Int64], _ z: [Int64]) throws
    {
        let result = try OperatorTester(name).run([ints(x), ints(y)])
        #expect(try result[0].tensor?.elements(as: Int64.self) == z)
    }

    @Test func `a cast holds floats at the ends of the range and takes NaN as zero`() throws {
        let result = try OperatorTester("Cast", [Attribute("to", .int(7))]).run([floats([.nan, .infinity, -1e30, 2.9])])
        #expect(try result[0].tensor?.elements(as: Int64.self) == [0, .max, .min, 2])
    }

    @Test(
        arguments: [
            ("inf", 7, "`inf` is out of the range of `int64`"), ("NaN", 7, "`NaN` is out of the range of `int64`"),
            ("1e30", 7, "`1e30` is out of the range of `int64`"),
            ("9223372036854775808", 7, "`9223372036854775808` is out of the range of `int64`"),
            ("-1", 13, "`-1` is out of the range of `uint64`"), ("300", 2, "`300` is out of the range of `uint8`"),
            ("128", 3, "`128` is out of the range of `int8`"), ("ten", 7, "`ten` is no number"),
        ]
    )
    func `text that an integer does not hold is refused`(text: String, type: Int64, message: String) throws {
        let tester = OperatorTester("Cast", [Attribute("to", .int(type))])
        let input = try Tensor(strings: [text], shape: .vector(1))
        #expect(tester.error([input]) == "node `n` (Cast, opset 17): \(message)")
    }

    @Test func `text at the ends of a type's range is cast`() throws {
        let texts = try Tensor(strings: ["18446744073709551615", "0", "2.5"], shape: .vector(3))
        let whole = try OperatorTester("Cast", [Attribute("to", .int(13))]).run([texts])
        #expect(try whole[0].tensor?.elements(as: UInt64.self) == [.max, 0, 2])
        let words = try Tensor(strings: ["-INF", "1e400"], shape: .vector(2))
        let real = try OperatorTester("Cast", [Attribute("to", .int(11))]).run([words])
        #expect(try real[0].tensor?.elements(as: Double.self) == [-.infinity, .infinity])
    }

    @Test func `a loop without an end stops at the limit of trips`() throws {
        var body = Graph(name: "body")
        body.inputs = [
            ValueInfo(name: "i", type: .tensor(.int64, [])), ValueInfo(name: "c", type: .tensor(.bool, [])),
        ]
        body.outputs = [ValueInfo(name: "c2", type: nil), ValueInfo(name: "s", type: nil)]
        body.nodes = [
            Node("Identity", inputs: ["c"], outputs: ["c2"]), Node("Identity", inputs: ["x"], outputs: ["s"]),
        ]
        let loop = Node(
            "Loop",
            name: "l",
            inputs: ["", ""],
            outputs: ["y"],
            attributes: [Attribute("body", .graph(body))]
        )
        var options = InferenceOptions.default
        options.limits.loopTripCount = 1000
        let endless = try InferenceSession(model([loop], inputs: ["x"], outputs: ["y"]), options: options)
        let tooManyTrips = #expect(throws: EngineError.self) { try endless.run(["x": .tensor(floats([1]))]) }
        #expect(tooManyTrips?.description == "node `l` (Loop, opset 17): loops took more than the limit of 1000 trips")
        options.limits.loopTripCount = 10_000
        options.limits.totalByteCount = 4096
        let growing = try InferenceSession(model([loop], inputs: ["x"], outputs: ["y"]), options: options)
        let tooManyBytes = #expect(throws: EngineError.self) { try growing.run(["x": .tensor(floats([1]))]) }
        #expect(
            tooManyBytes?.description
                == "node `l` (Loop, opset 17): the values of the run together are larger than the limit of 4096 bytes"
        )
    }

    @Test(arguments: [
        ([Int64(1), 0], "the nodes form a cycle or share a child, expected trees"),
        ([2, 0], "the nodes form a cycle or share a child, expected trees"),
        ([1, 9], "tree 0 has no node 9, which is a child in it"),
    ])
    func `nodes that form no tree are refused`(_ children: [Int64], _ expected: String) throws {
        let modes = ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"]
        let attributes = [
            Attribute("nodes_treeids", .ints([0, 0, 0])), Attribute("nodes_nodeids", .ints([0, 1, 2])),
            Attribute("nodes_featureids", .ints([0, 0, 0])), Attribute("nodes_modes", .strings(modes)),
            Attribute("nodes_values", .floats([0, 0, 0])),
            Attribute("nodes_truenodeids", .ints([children[0], children[1], 0])),
            Attribute("nodes_falsenodeids", .ints([2, 2, 0])), Attribute("n_targets", .int(1)),
            Attribute("target_treeids", .ints([0])), Attribute("target_nodeids", .ints([2])),
            Attribute("target_ids", .ints([0])), Attribute("target_weights", .floats([1])),
        ]
        let tester = OperatorTester("TreeEnsembleRegressor", domain: .onnxML, opset: 3, attributes)
        let error = tester.error([try floats([1], [1, 1])])
        #expect(error == "node `n` (ai.onnx.ml.TreeEnsembleRegressor, opset 3): \(expected)")
    }
}
