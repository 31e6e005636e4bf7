import OnnxIR
import Tensors

/// A node that an operator takes, for operators that hardly ever take a random one.
struct NodeExample {
    /// An input: its elements are random numbers of a type unless they are given.
    enum Input {
        case none
        case random(ElementType, [Int])
        case integers([Int64], [Int])
        case reals([Float], [Int]? = nil)
        case sequence([Int])
        /// A map from these keys.
        case entries([Int64], ElementType)

        static func floats(_ shape: Int...) -> Input { .random(.float, shape) }
        static func bytes(_ shape: Int...) -> Input { .random(.uint8, shape) }
        static func vector(_ elements: Int64...) -> Input { .integers(elements, [elements.count]) }
        static func scalar(_ element: Int64) -> Input { .integers([element], []) }
    }

    var inputs: [Input] = []
    var attributes: [Attribute] = []

    init(_ inputs: Input..., attributes: KeyValuePairs<String, AttributeValue> = [:]) {
        self.inputs = inputs
        self.attributes = attributes.map { Attribute($0.key, $0.value) }
    }

    /// Examples by operator; one of another domain than `ai.onnx` and `ai.onnx.ml` has its domain before its name.
    static let all: [String: NodeExample] = [
        standard, attention, fused, geometry, libraries, narrow, signal, text, traditionalML, transformers,
    ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

    static let standard: [String: NodeExample] = [
        "AveragePool": window,
        "BatchNormalization": NodeExample(.floats(1, 4, 3, 3), .floats(4), .floats(4), .floats(4), .floats(4)),
        "BitShift": NodeExample(.bytes(2, 2), .bytes(2), attributes: ["direction": .string("LEFT")]),
        "Conv": NodeExample(.floats(1, 4, 5, 5), .floats(2, 2, 3, 3), attributes: ["group": .int(2)]),
        "ConvInteger": NodeExample(.bytes(1, 4, 5, 5), .bytes(2, 4, 3, 3), .bytes()),
        "ConvTranspose": NodeExample(.floats(1, 4, 3, 3), .floats(4, 2, 2, 2), attributes: ["group": .int(2)]),
        "DepthToSpace": NodeExample(.floats(1, 4, 2, 2), attributes: ["blocksize": .int(2)]),
        "DequantizeLinear": NodeExample(.bytes(2, 3), .floats(), .bytes()),
        "Einsum": NodeExample(.floats(2, 3), .floats(3, 4), attributes: ["equation": .string("ij,jk->ik")]),
        "Expand": NodeExample(.floats(2, 1), .vector(1, 2, 3)),
        "Gather": NodeExample(.floats(3, 4), .vector(0, 2, -1), attributes: ["axis": .int(1)]),
        "GatherElements": NodeExample(.floats(3, 3), .integers([0, 1, 2, 2], [2, 2])),
        "GatherND": NodeExample(.floats(3, 3, 2), .integers([0, 1, 2, 2], [2, 2])),
        "Gemm": NodeExample(.floats(2, 3), .floats(3, 4), .floats(4)),
        "GroupNormalization": NodeExample(
            .floats(1, 4, 3),
            .floats(2),
            .floats(2),
            attributes: ["num_groups": .int(2)]
        ),
        "GRU": NodeExample(.floats(3, 2, 4), .floats(1, 6, 4), .floats(1, 6, 2)),
        "If": NodeExample(
            .random(.bool, []),
            attributes: ["then_branch": .graph(body(0, 1)), "else_branch": .graph(body(0, 1))]
        ),
        "Imputer": NodeExample(.floats(2, 3), attributes: ["imputed_value_floats": .floats([1, 2, 3])]),
        "InstanceNormalization": NodeExample(.floats(1, 4, 3), .floats(4), .floats(4)),
        "LinearClassifier": NodeExample(
            .floats(2, 2),
            attributes: ["coefficients": .floats([1, 2]), "classlabels_ints": .ints([0, 1])]
        ),
        "LinearRegressor": NodeExample(.floats(2, 2), attributes: ["coefficients": .floats([1, 2])]),
        "Loop": NodeExample(
            .scalar(3),
            .random(.bool, []),
            .floats(2),
            attributes: ["body": .graph(body(3, 1, from: 1))]
        ),
        "LpPool": window,
        "LRN": NodeExample(.floats(1, 4, 2, 2), attributes: ["size": .int(3)]),
        "LSTM": NodeExample(.floats(3, 2, 4), .floats(1, 8, 4), .floats(1, 8, 2)),
        "MatMulInteger": NodeExample(.bytes(2, 3), .bytes(3, 4)),
        "MaxPool": window,
        "NegativeLogLikelihoodLoss": NodeExample(.floats(2, 3), .vector(0, 2)),
        "OneHot": NodeExample(.vector(0, 2, -1), .scalar(4), .floats(2)),
        "OneHotEncoder": NodeExample(.vector(0, 2, -1), attributes: ["cats_int64s": .ints([0, 1, 2])]),
        "Pad": NodeExample(.floats(2, 3), .vector(0, 1, 1, 0)),
        "QLinearConv": NodeExample(
            .bytes(1, 4, 5, 5),
            .floats(),
            .bytes(),
            .bytes(2, 4, 3, 3),
            .floats(),
            .bytes(),
            .floats(),
            .bytes()
        ),
        "QLinearMatMul": NodeExample(
            .bytes(2, 3),
            .floats(),
            .bytes(),
            .bytes(3, 4),
            .floats(),
            .bytes(),
            .floats(),
            .bytes()
        ),
        "QuantizeLinear": NodeExample(.floats(2, 3), .floats(), .bytes()),
        "Range": NodeExample(.scalar(1), .scalar(9), .scalar(2)),
        "Resize": NodeExample(.floats(1, 1, 2, 2), .none, .reals([1, 1, 2, 1.5])),
        "ReverseSequence": NodeExample(.floats(3, 2, 2), .vector(2, 1)),
        "RNN": NodeExample(.floats(3, 2, 4), .floats(1, 2, 4), .floats(1, 2, 2)),
        "Scan": NodeExample(
            .floats(2),
            .floats(3, 2),
            attributes: ["num_scan_inputs": .int(1), "body": .graph(body(2, 2))]
        ),
        "Scatter": NodeExample(.floats(3, 3), .integers([0, 1, 2, 2], [2, 2]), .floats(2, 2)),
        "ScatterElements": NodeExample(.floats(3, 3), .integers([0, 1, 2, 2], [2, 2]), .floats(2, 2)),
        "ScatterND": NodeExample(.floats(3, 3), .integers([0, 2], [2, 1]), .floats(2, 3)),
        "SequenceMap": NodeExample(.sequence([2, 2]), .floats(2), attributes: ["body": .graph(body(2, 1))]),
        "Slice": NodeExample(.floats(4, 3), .vector(0, 2), .vector(3, -9), .vector(0, 1), .vector(2, -1)),
        "SoftmaxCrossEntropyLoss": NodeExample(.floats(2, 3), .vector(0, 2)),
        "SpaceToDepth": NodeExample(.floats(1, 1, 4, 4), attributes: ["blocksize": .int(2)]),
        "Split": NodeExample(.floats(4, 3), .vector(4)),
        "Tile": NodeExample(.floats(2, 3), .vector(2, 3)),
        "TopK": NodeExample(.floats(2, 3), .vector(2)),
        "TreeEnsembleClassifier": NodeExample(
            .floats(2, 2),
            attributes: [
                "nodes_treeids": .ints([0, 0, 0]), "nodes_nodeids": .ints([0, 1, 2]),
                "nodes_featureids": .ints([1, 0, 0]),
                "nodes_modes": .strings(["BRANCH_LEQ", "LEAF", "LEAF"]), "nodes_values": .floats([0, 0, 0]),
                "nodes_truenodeids": .ints([1, 0, 0]), "nodes_falsenodeids": .ints([2, 0, 0]),
                "class_treeids": .ints([0, 0]), "class_nodeids": .ints([1, 2]), "class_ids": .ints([0, 1]),
                "class_weights": .floats([1, 2]), "classlabels_int64s": .ints([0, 1]),
            ]
        ),
        "TreeEnsembleRegressor": NodeExample(
            .floats(2, 2),
            attributes: [
                "nodes_treeids": .ints([0, 0, 0]), "nodes_nodeids": .ints([0, 1, 2]),
                "nodes_featureids": .ints([1, 0, 0]),
                "nodes_modes": .strings(["BRANCH_LEQ", "LEAF", "LEAF"]), "nodes_values": .floats([0, 0, 0]),
                "nodes_truenodeids": .ints([1, 0, 0]), "nodes_falsenodeids": .ints([2, 0, 0]),
                "target_treeids": .ints([0, 0]), "target_nodeids": .ints([1, 2]), "target_ids": .ints([0, 1]),
                "target_weights": .floats([1, 2]), "n_targets": .int(2),
            ]
        ),
        "Upsample": NodeExample(.floats(1, 1, 2, 2), .reals([1, 1, 2, 1.5])),
        "ZipMap": NodeExample(.floats(2, 3), attributes: ["classlabels_int64s": .ints([4, 5, 6])]),
    ]

    static let window = NodeExample(
        .floats(1, 2, 5, 5),
        attributes: ["kernel_shape": .ints([2, 3]), "strides": .ints([2, 1]), "pads": .ints([1, 0, 0, 1])]
    )

    /// A graph that hands on its inputs from one of them, and puts constants behind them.
    static func body(_ inputCount: Int, _ constantCount: Int, from first: Int = 0) -> Graph {
        var graph = Graph(name: "body")
        graph.inputs = (0..<inputCount).map { ValueInfo(name: "b\($0)", type: nil) }
        graph.nodes = (first..<max(first, inputCount)).map { Node("Identity", inputs: ["b\($0)"], outputs: ["o\($0)"]) }
        for index in 0..<constantCount {
            let value = Attribute("value_float", .float(Float(index)))
            graph.nodes.append(Node("Constant", inputs: [], outputs: ["c\(index)"], attributes: [value]))
        }
        graph.outputs = graph.nodes.flatMap(\.outputs).map { ValueInfo(name: $0, type: nil) }
        return graph
    }
}
