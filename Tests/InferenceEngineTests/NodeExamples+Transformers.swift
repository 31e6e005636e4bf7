import OnnxIR
import Tensors

extension NodeExample {
    static let transformers: [String: NodeExample] = [
        "SimplifiedLayerNormalization": NodeExample(.floats(2, 3, 4), .floats(4)),
        "com.microsoft.Attention": NodeExample(
            .floats(2, 3, 4),
            .floats(4, 12),
            .floats(12),
            .vector(2, 3),
            .floats(2, 2, 2, 1, 2),
            .floats(1, 2, 3, 4),
            attributes: ["num_heads": .int(2), "unidirectional": .int(1)]
        ),
        "com.microsoft.BiasGelu": NodeExample(.floats(2, 3), .floats(3)),
        "com.microsoft.BiasSplitGelu": NodeExample(.floats(1, 2, 4), .floats(4)),
        "com.microsoft.DynamicQuantizeMatMul": NodeExample(
            .floats(2, 3),
            .bytes(3, 4),
            .floats(4),
            .bytes(4),
            .floats(4)
        ),
        "com.microsoft.EmbedLayerNormalization": NodeExample(
            .integers([0, 1, 2, 1, 0, 2], [2, 3]),
            .integers([0, 1, 0, 0, 1, 1], [2, 3]),
            .floats(3, 4),
            .floats(3, 4),
            .floats(2, 4),
            .floats(4),
            .floats(4),
            .integers([1, 1, 0, 1, 1, 1], [2, 3])
        ),
        "com.microsoft.FastGelu": NodeExample(.floats(2, 3), .floats(3)),
        "com.microsoft.GatherBlockQuantized": NodeExample(
            .bytes(3, 16),
            .vector(0, 2, -1),
            .floats(3, 2),
            .bytes(3, 1),
            attributes: ["block_size": .int(16)]
        ),
        "com.microsoft.GroupQueryAttention": NodeExample(
            .floats(2, 1, 8),
            .floats(2, 1, 4),
            .floats(2, 1, 4),
            .floats(2, 2, 4, 2),
            .floats(2, 2, 4, 2),
            .vector(1, 3),
            .vector(4),
            .floats(5, 1),
            .floats(5, 1),
            attributes: ["num_heads": .int(4), "kv_num_heads": .int(2), "do_rotary": .int(1)]
        ),
        "com.microsoft.MatMulIntegerToFloat": NodeExample(
            .bytes(2, 3),
            .bytes(3, 4),
            .floats(),
            .floats(4),
            .bytes(),
            .bytes(4)
        ),
        "com.microsoft.MatMulNBits": NodeExample(
            .floats(2, 20),
            .bytes(3, 2, 8),
            .floats(3, 2),
            .bytes(3, 1),
            attributes: ["K": .int(20), "N": .int(3), "block_size": .int(16)]
        ),
        "com.microsoft.MultiHeadAttention": NodeExample(
            .floats(2, 3, 4),
            .floats(2, 2, 4),
            .floats(2, 2, 4),
            .floats(12),
            .vector(2, 5),
            .floats(1, 2, 3, 5),
            .floats(2, 2, 3, 2),
            .floats(2, 2, 3, 2),
            attributes: ["num_heads": .int(2)]
        ),
        "com.microsoft.QAttention": NodeExample(
            .bytes(2, 3, 4),
            .bytes(4, 12),
            .floats(12),
            .floats(),
            .floats(12),
            .vector(2, 3),
            .bytes(),
            .bytes(12),
            .floats(2, 2, 2, 1, 2),
            attributes: ["num_heads": .int(2)]
        ),
        "com.microsoft.RotaryEmbedding": NodeExample(
            .floats(2, 3, 8),
            .integers([0, 1, 2, 3, 4, 0], [2, 3]),
            .floats(5, 2),
            .floats(5, 2)
        ),
        "com.microsoft.SkipLayerNormalization": NodeExample(
            .floats(2, 3, 4),
            .floats(3, 4),
            .floats(4),
            .floats(4),
            .floats(4)
        ),
        "com.microsoft.SkipSimplifiedLayerNormalization": NodeExample(
            .floats(2, 3, 4),
            .floats(3, 4),
            .floats(4),
            .floats(4)
        ),
    ]
}
