import OnnxIR
import Tensors

extension NodeExample {
    static let fused: [String: NodeExample] = [
        "com.microsoft.CDist": NodeExample(.floats(2, 3), .floats(4, 3)),
        "com.microsoft.ConvTransposeWithDynamicPads": NodeExample(
            .floats(1, 2, 3, 3),
            .floats(2, 2, 2, 2),
            .vector(0, 1, 1, 0),
            attributes: ["strides": .ints([2, 1])]
        ),
        "com.microsoft.DequantizeLinear": NodeExample(.bytes(2, 3), .floats(), .bytes()),
        "com.microsoft.ExpandDims": NodeExample(.floats(2, 3), .random(.int32, [])),
        "com.microsoft.FusedConv": NodeExample(
            .floats(1, 4, 5, 5),
            .floats(2, 2, 3, 3),
            .floats(2),
            .floats(1, 2, 3, 3),
            attributes: [
                "group": .int(2), "activation": .string("Clip"), "activation_params": .floats([0, 6]),
            ]
        ),
        "com.microsoft.FusedGemm": NodeExample(
            .floats(2, 3),
            .floats(3, 4),
            .floats(4),
            attributes: ["activation": .string("LeakyRelu"), "activation_alpha": .float(0.5)]
        ),
        "com.microsoft.FusedMatMul": NodeExample(
            .floats(3, 2, 4),
            .floats(2, 4, 5),
            attributes: ["transBatchA": .int(1), "alpha": .float(2)]
        ),
        "com.microsoft.GatherND": NodeExample(.floats(3, 3, 2), .integers([0, 1, 2, 2], [2, 2])),
        "com.microsoft.Inverse": NodeExample(.random(.double, [2, 3, 3])),
        "com.microsoft.MaxpoolWithMask": NodeExample(
            .floats(1, 2, 3, 3),
            .random(.int32, [1, 1, 3, 3]),
            attributes: ["kernel_shape": .ints([2, 2])]
        ),
        "com.microsoft.NhwcMaxPool": NodeExample(
            .bytes(1, 5, 5, 2),
            attributes: ["kernel_shape": .ints([2, 3]), "strides": .ints([2, 1]), "pads": .ints([1, 0, 0, 1])]
        ),
        "com.microsoft.Pad": NodeExample(.floats(2, 3), .vector(0, 1, 1, 0)),
        "com.microsoft.QGemm": NodeExample(
            .bytes(2, 3),
            .floats(),
            .bytes(),
            .bytes(3, 4),
            .floats(4),
            .bytes(4),
            .random(.int32, [4]),
            .floats(),
            .bytes()
        ),
        "com.microsoft.QLinearAdd": binary,
        "com.microsoft.QLinearAveragePool": NodeExample(
            .bytes(1, 5, 5, 2),
            .floats(),
            .bytes(),
            .floats(),
            .bytes(),
            attributes: [
                "kernel_shape": .ints([2, 3]), "pads": .ints([1, 0, 0, 1]), "channels_last": .int(1),
            ]
        ),
        "com.microsoft.QLinearConcat": NodeExample(
            .floats(),
            .bytes(),
            .bytes(2, 3),
            .floats(),
            .bytes(),
            .bytes(2, 1),
            .floats(),
            .bytes(),
            attributes: ["axis": .int(1)]
        ),
        "com.microsoft.QLinearConv": NodeExample(
            .bytes(1, 5, 5, 4),
            .floats(),
            .bytes(),
            .bytes(2, 2, 3, 3),
            .floats(2),
            .bytes(2),
            .floats(),
            .bytes(),
            .random(.int32, [2]),
            attributes: ["group": .int(2), "channels_last": .int(1)]
        ),
        "com.microsoft.QLinearGlobalAveragePool": NodeExample(
            .bytes(1, 5, 5, 2),
            .floats(),
            .bytes(),
            .floats(),
            .bytes(),
            attributes: ["channels_last": .int(1)]
        ),
        "com.microsoft.QLinearLeakyRelu": unary,
        "com.microsoft.QLinearMul": binary,
        "com.microsoft.QLinearSigmoid": unary,
        "com.microsoft.QLinearSoftmax": NodeExample(
            .bytes(2, 3),
            .floats(),
            .bytes(),
            .floats(),
            .bytes(),
            attributes: ["opset": .int(13)]
        ),
        "com.microsoft.QLinearWhere": NodeExample(
            .random(.bool, [2, 1]),
            .bytes(3),
            .floats(),
            .bytes(),
            .bytes(2, 3),
            .floats(),
            .bytes(),
            .floats(),
            .bytes()
        ),
        "com.microsoft.QuantizeLinear": NodeExample(.floats(2, 3), .floats(), .bytes()),
        "com.microsoft.Range": NodeExample(.scalar(1), .scalar(9), .scalar(2)),
        "com.microsoft.TransposeMatMul": NodeExample(
            .floats(2, 3, 4),
            .floats(5, 3),
            attributes: ["transA": .int(1), "transB": .int(1)]
        ),
        "com.microsoft.Unique": NodeExample(.floats(5)),
        "com.microsoft.WordConvEmbedding": NodeExample(
            .random(.int32, [2, 3]),
            .floats(2, 1, 2, 4),
            .floats(2),
            .floats(5, 4)
        ),
    ]

    private static let binary = NodeExample(
        .bytes(2, 3),
        .floats(),
        .bytes(),
        .bytes(3),
        .floats(),
        .bytes(),
        .floats(),
        .bytes()
    )

    private static let unary = NodeExample(.bytes(2, 3), .floats(), .bytes(), .floats(), .bytes())
}
