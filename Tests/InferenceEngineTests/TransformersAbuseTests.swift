import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A node of ONNX Runtime's transformer operators that asks for something wrong or too much, and what it is told.
private struct TransformerAbuse: Sendable, CustomTestStringConvertible {
    let opType: String
    var attributes: [String: AttributeValue] = [:]
    /// Shapes of inputs of zeros; `nil` for one that is left out.
    var shapes: [[Int]?] = []
    /// Inputs that are integers, by their places.
    var integers: [Int: [Int64]] = [:]
    /// Inputs that are bytes.
    var bytes: Set<Int> = []
    let error: String

    var testDescription: String { "\(opType): \(error)" }

    func inputs() throws -> [Tensor?] {
        try shapes.enumerated().map { index, extents in
            guard let extents, let shape = Shape(extents) else { return nil }
            if let elements = integers[index] { return try Tensor(elements, shape: shape) }
            if bytes.contains(index) {
                return try Tensor([UInt8](repeating: 0, count: shape.elementCount), shape: shape)
            }
            return try Tensor([Float](repeating: 0, count: shape.elementCount), shape: shape)
        }
    }
}

private let heads: [String: AttributeValue] = ["num_heads": .int(2)]
private let groups: [String: AttributeValue] = ["num_heads": .int(4), "kv_num_heads": .int(2)]
private let blocks: [String: AttributeValue] = ["K": .int(16), "N": .int(3), "block_size": .int(16)]

private let abuses: [TransformerAbuse] = [
    TransformerAbuse(opType: "Attention", shapes: [[1, 2, 4], [4, 12]], error: "attribute `num_heads` is missing"),
    TransformerAbuse(
        opType: "Attention",
        attributes: ["num_heads": .int(.max)],
        shapes: [[1, 2, 4], [4, 12]],
        error: "attribute `num_heads` is 9223372036854775807, expected 1 to 16777216"
    ),
    TransformerAbuse(
        opType: "Attention",
        attributes: ["num_heads": .int(2), "do_rotary": .int(1)],
        shapes: [[1, 2, 4], [4, 12]],
        error: "attribute `do_rotary` is not supported"
    ),
    TransformerAbuse(
        opType: "Attention",
        attributes: ["num_heads": .int(3)],
        shapes: [[1, 2, 4], [4, 12]],
        error: "`input` has 4 columns, expected a multiple of 3 heads"
    ),
    TransformerAbuse(
        opType: "Attention",
        attributes: ["num_heads": .int(2), "qkv_hidden_sizes": .ints([4, 4, .max])],
        shapes: [[1, 2, 4], [4, 12]],
        error: "attribute `qkv_hidden_sizes` is [4, 4, 9223372036854775807], expected three positive numbers"
    ),
    TransformerAbuse(
        opType: "Attention",
        attributes: heads,
        shapes: [[1, 2, 4], [4, 12], nil, [1, 1, 2, 2]],
        integers: [3: [1, 1, 1, 1]],
        error: "a mask with 4 axes is not supported, it has shape [1, 1, 2, 2]"
    ),
    TransformerAbuse(
        opType: "Attention",
        attributes: heads,
        shapes: [[1, 2, 4], [4, 12], nil, [3]],
        integers: [3: [1, 1, 1]],
        error: "the mask has shape [3], expected [1], [1, 2] or [1, 2, 2]"
    ),
    TransformerAbuse(
        opType: "Attention",
        attributes: heads,
        shapes: [[1, 2, 4], [4, 12], nil, nil, [2, 1, 3, 1, 2]],
        error: "`past` has shape [2, 1, 3, 1, 2], expected [2, samples, 2, length, size]"
    ),
    TransformerAbuse(
        opType: "Attention",
        attributes: heads,
        shapes: [[1, 100_000, 4], [4, 12]],
        error: "a tensor `float` [100000, 100000] is larger than the limit of 2147483648 bytes"
    ),
    TransformerAbuse(
        opType: "MultiHeadAttention",
        attributes: ["num_heads": .int(1 << 24)],
        shapes: [[1 << 20, 2, 0], [1 << 20, 2, 0], [1 << 20, 2, 0]],
        error: "`query` has 0 columns, expected a multiple of 16777216 heads"
    ),
    TransformerAbuse(
        opType: "MultiHeadAttention",
        attributes: heads,
        shapes: [[1, 2, 4]],
        error: "`query` and `key` have shapes [1, 2, 4] and none, expected 3 axes and 3, 4 or 5, or 5 axes and no key"
    ),
    TransformerAbuse(
        opType: "MultiHeadAttention",
        attributes: heads,
        shapes: [[1, 2, 4], [2, 2, 4], [1, 2, 4]],
        error: "queries, keys and values are of 1, 2 and 1 samples, expected as many"
    ),
    TransformerAbuse(
        opType: "MultiHeadAttention",
        attributes: heads,
        shapes: [[1, 2, 4], [1, 2, 4], [1, 2, 4], nil, nil, nil, [1, 2, 3, 2], [1, 2, 3, 2], [1]],
        integers: [8: [.max]],
        error: "`past_sequence_length` is [9223372036854775807], expected one number from 0 to 3"
    ),
    TransformerAbuse(
        opType: "MultiHeadAttention",
        attributes: heads,
        shapes: [[1, 2, 4], [1, 2, 4], [1, 2, 4], nil, nil, nil, [1, 2, 3, 2], [1, 2, 3, 2], [1]],
        integers: [8: [2]],
        error: "2 rows do not fit behind 2 in a cache of 3"
    ),
    TransformerAbuse(
        opType: "GroupQueryAttention",
        attributes: ["num_heads": .int(3), "kv_num_heads": .int(2)],
        error: "attribute `num_heads` is 3, expected a multiple of `kv_num_heads`, 2"
    ),
    TransformerAbuse(
        opType: "GroupQueryAttention",
        attributes: groups.merging(["sliding_window_cache": .int(1)]) { $1 },
        error: "attribute `sliding_window_cache` is not supported"
    ),
    TransformerAbuse(
        opType: "GroupQueryAttention",
        attributes: groups,
        shapes: [[1, 1, 8], [1, 1, 4], [1, 1, 4], [1, 2, 3, 2], [1, 2, 3, 2], [1], [1]],
        integers: [5: [.max], 6: [3]],
        error: "`seqlens_k` has 9223372036854775807, expected 0 to 2"
    ),
    TransformerAbuse(
        opType: "GroupQueryAttention",
        attributes: groups,
        shapes: [[1, 1, 8], [1, 1, 4], [1, 1, 4], [1, 2, 3, 2], [1, 2, 3, 2], [1], [1]],
        integers: [5: [0], 6: [.max]],
        error: "`total_sequence_length` is 9223372036854775807, expected 1 to 4 with these keys and this past"
    ),
    TransformerAbuse(
        opType: "GroupQueryAttention",
        attributes: groups,
        shapes: [[1, 1, 8], [1, 1, 4], [1, 1, 4], [1, 2, 3, 2], [1, 2, 3, 2], [1], [1]]
            + [[Int]?](repeating: nil, count: 9) + [[1]],
        integers: [5: [2], 6: [3], 16: [.min]],
        error: "3 keys with -9223372036854775808 new ones do not fit 1 queries and a past of 3"
    ),
    TransformerAbuse(
        opType: "GroupQueryAttention",
        attributes: groups,
        shapes: [[2, 1, 8], [1, 1, 4], [2, 1, 4], nil, nil, [2], [1]],
        integers: [5: [0, 0], 6: [1]],
        error: "`key` has shape [1, 1, 4], expected [2, 1, columns]"
    ),
    TransformerAbuse(
        opType: "GroupQueryAttention",
        attributes: groups.merging(["do_rotary": .int(1)]) { $1 },
        shapes: [[1, 1, 8], [1, 1, 4], [1, 1, 4], nil, nil, [1], [1], [3, 1], [3, 1], [1, 1]],
        integers: [5: [0], 6: [1], 9: [.min]],
        error: "position -9223372036854775808 is out of range, expected 0 to 2"
    ),
    TransformerAbuse(
        opType: "RotaryEmbedding",
        shapes: [[1, 2, 4], [1], [3, 2], [3, 2]],
        integers: [1: [.max]],
        error: "position 9223372036854775807 is out of range, expected 0 to 2"
    ),
    TransformerAbuse(
        opType: "RotaryEmbedding",
        attributes: ["rotary_embedding_dim": .int(4)],
        error: "attribute `rotary_embedding_dim` is 4, expected 0, or a positive number beside `num_heads`"
    ),
    TransformerAbuse(
        opType: "SkipLayerNormalization",
        shapes: [[2, 3, 4], [2, 1, 4], [4]],
        error: "the skip has shape [2, 1, 4], expected [2, 3, 4] or one sample of it"
    ),
    TransformerAbuse(
        opType: "EmbedLayerNormalization",
        shapes: [[1, 2], nil, [3, 4], [2, 4], nil, [4], [4]],
        integers: [0: [0, 3]],
        error: "`input_ids` has 3, expected 0 to 2"
    ),
    TransformerAbuse(
        opType: "BiasGelu",
        shapes: [[2, 3], [2]],
        error: "the bias has shape [2], expected [3]"
    ),
    TransformerAbuse(
        opType: "MatMulNBits",
        attributes: blocks.merging(["block_size": .int(.max)]) { $1 },
        error: "attribute `block_size` is 9223372036854775807, expected a power of 2 from 16 to 16777216"
    ),
    TransformerAbuse(
        opType: "MatMulNBits",
        attributes: blocks.merging(["bits": .int(3)]) { $1 },
        error: "attribute `bits` is 3, expected 2, 4 or 8"
    ),
    TransformerAbuse(
        opType: "MatMulNBits",
        attributes: blocks.merging(["N": .int(1 << 31)]) { $1 },
        shapes: [[1, 16], [0], [0]],
        bytes: [1],
        error: "a tensor `float` [1, 2147483648] is larger than the limit of 2147483648 bytes"
    ),
    TransformerAbuse(
        opType: "MatMulNBits",
        attributes: blocks,
        shapes: [[1, 16], [3, 8], [3]],
        bytes: [1],
        error: "the weights have shape [3, 8], expected [3, 1, 8]"
    ),
    TransformerAbuse(
        opType: "MatMulNBits",
        attributes: blocks,
        shapes: [[1, 16], [3, 1, 8], [3], nil, [16]],
        integers: [4: [Int64](repeating: -1, count: 16)],
        bytes: [1],
        error: "`g_idx` has -1, expected 0 to 0"
    ),
    TransformerAbuse(
        opType: "GatherBlockQuantized",
        attributes: ["block_size": .int(0)],
        shapes: [[3, 16], [1], [3, 1]],
        integers: [1: [0]],
        bytes: [0],
        error: "attribute `block_size` is 0, expected a power of 2 for `uint8`"
    ),
    TransformerAbuse(
        opType: "GatherBlockQuantized",
        attributes: ["block_size": .int(16), "gather_axis": .int(1)],
        shapes: [[3, 16], [1], [3, 2]],
        integers: [1: [0]],
        bytes: [0],
        error: "`uint8` is supported with `gather_axis` 0 and the last axis as `quantize_axis`"
    ),
    TransformerAbuse(
        opType: "MulInteger",
        error: "operator `MulInteger` of domain `com.microsoft` is not supported"
    ),
]

@Suite struct TransformersAbuseTests {
    @Test(arguments: abuses)
    private func `what a transformer node asks wrongly is an error at the node`(abuse: TransformerAbuse) throws {
        let attributes = abuse.attributes.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }
        let tester = OperatorTester(abuse.opType, domain: .microsoft, opset: 1, attributes)
        let error = tester.error(try abuse.inputs())
        #expect(error == "node `n` (com.microsoft.\(abuse.opType), opset 1): \(abuse.error)")
    }

    @Test func `an operator that suits one kind of processor is refused with a hint`() throws {
        let tester = OperatorTester("Conv", domain: .nchwc, opset: 1)
        let error = #expect(throws: EngineError.self) {
            try InferenceSession(tester.model([], outputCount: 1), options: .default)
        }
        let message = "operator `Conv` of domain `com.microsoft.nchwc` is not supported"
        let hint = "it suits one kind of processor: let ONNX Runtime optimise with `ORT_ENABLE_EXTENDED` at most"
        #expect(error?.description == "node `n` (com.microsoft.nchwc.Conv, opset 1): \(message)")
        #expect(error?.hint == hint)
    }
}
