import OnnxIR
import Tensors

extension NodeExample {
    static let attention: [String: NodeExample] = [
        "ai.onnx.preview.FlexAttention": NodeExample(
            .floats(1, 4, 2, 3),
            .floats(1, 2, 5, 3),
            .floats(1, 2, 5, 2),
            attributes: ["score_mod": .graph(body(1, 0)), "softmax_precision": .int(1)]
        ),
        "Attention": NodeExample(
            .floats(2, 3, 8),
            .floats(2, 4, 4),
            .floats(2, 4, 6),
            .random(.bool, [3, 6]),
            .floats(2, 2, 2, 2),
            .floats(2, 2, 2, 3),
            attributes: [
                "q_num_heads": .int(4), "kv_num_heads": .int(2), "is_causal": .int(1), "softcap": .float(2),
            ]
        ),
        "CausalConvWithState": NodeExample(.floats(2, 3, 4), .floats(3, 1, 3), .floats(3), .floats(2, 3, 2)),
        "LinearAttention": NodeExample(
            .floats(2, 3, 8),
            .floats(2, 3, 4),
            .floats(2, 3, 6),
            .floats(2, 2, 2, 3),
            .floats(2, 3, 2),
            .floats(2, 3, 1),
            attributes: ["q_num_heads": .int(4), "kv_num_heads": .int(2)]
        ),
        "RMSNormalization": NodeExample(.floats(2, 3, 4), .floats(4)),
        "RotaryEmbedding": NodeExample(
            .floats(2, 3, 8),
            .floats(5, 2),
            .floats(5, 2),
            .integers([0, 1, 2, 2, 3, 4], [2, 3]),
            attributes: ["num_heads": .int(2)]
        ),
        "SwiGLU": NodeExample(.floats(2, 3), .floats(2, 3)),
        "TensorScatter": NodeExample(.floats(2, 5, 3), .floats(2, 2, 3), .vector(1, 3)),
    ]
}
