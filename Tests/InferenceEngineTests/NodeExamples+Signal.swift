import OnnxIR
import Tensors

extension NodeExample {
    static let signal: [String: NodeExample] = [
        "Bernoulli": NodeExample(.reals([0, 0.5, 1]), attributes: ["dtype": .int(7), "seed": .float(1)]),
        "BlackmanWindow": window(10),
        "CumProd": NodeExample(.floats(2, 3), .scalar(1), attributes: ["exclusive": .int(1)]),
        "Det": NodeExample(.floats(2, 3, 3)),
        "DFT": NodeExample(.floats(2, 6, 1), .scalar(5), .scalar(1), attributes: ["onesided": .int(1)]),
        "Dropout": NodeExample(
            .floats(2, 3),
            .reals([0.5], []),
            .random(.bool, []),
            attributes: ["seed": .int(1)]
        ),
        "HammingWindow": window(10),
        "HannWindow": window(10),
        "MelWeightMatrix": NodeExample(.scalar(4), .scalar(16), .scalar(8192), .reals([0], []), .reals([4096], [])),
        "Multinomial": NodeExample(.reals([0, 1, -1, 2, 2, 2], [2, 3]), attributes: ["sample_size": .int(4)]),
        "RandomNormal": NodeExample(attributes: ["shape": .ints([2, 3]), "seed": .float(1)]),
        "RandomUniform": NodeExample(attributes: ["shape": .ints([2, 3]), "seed": .float(1)]),
        "STFT": NodeExample(.floats(2, 12, 1), .scalar(3), .reals([0.5, 1, 1, 0.5]), .scalar(4)),
        "ai.onnx.preview.training.Adagrad": optimizer(stateCount: 1),
        "ai.onnx.preview.training.Adam": optimizer(stateCount: 2),
        "ai.onnx.preview.training.Momentum": optimizer(
            stateCount: 1,
            ["alpha": .float(0.5), "beta": .float(1), "norm_coefficient": .float(0), "mode": .string("nesterov")]
        ),
    ]

    private static func window(_ length: Int64) -> NodeExample { NodeExample(.scalar(length)) }

    /// A step of an optimizer over two tensors.
    private static func optimizer(
        stateCount: Int,
        _ attributes: KeyValuePairs<String, AttributeValue> = [:]
    ) -> NodeExample {
        var example = NodeExample(.reals([0.1], []), .scalar(3), attributes: attributes)
        for _ in 0..<(2 + stateCount) { example.inputs += [.floats(2), .floats(2, 2)] }
        return example
    }
}
