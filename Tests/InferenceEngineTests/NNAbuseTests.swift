import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A node of the standard's neural operators that asks for something wrong or too much, and what it is told.
private struct LayerAbuse: Sendable, CustomTestStringConvertible {
    let opType: String
    var opset: Int64 = 28
    var domain = OperatorDomain.onnx
    var attributes: [String: AttributeValue] = [:]
    /// Shapes of `float` inputs of zeros; `nil` for one that is left out.
    var shapes: [[Int]?] = []
    /// Inputs that are integers, by their places.
    var integers: [Int: [Int64]] = [:]
    let error: String

    var testDescription: String { "\(opType): \(error)" }

    func inputs() throws -> [Tensor?] {
        try shapes.enumerated().map { index, extents in
            guard let extents, let shape = Shape(extents) else { return nil }
            if let elements = integers[index] { return try Tensor(elements, shape: shape) }
            return try Tensor([Float](repeating: 0, count: shape.elementCount), shape: shape)
        }
    }
}

private let abuses: [LayerAbuse] = [
    LayerAbuse(
        opType: "Attention",
        shapes: [[1, 2, 4], [1, 2, 4], [1, 2, 4]],
        error: "an input has shape [1, 2, 4], expected 4 axes, or 3 of which `q_num_heads` divides the last"
    ),
    LayerAbuse(
        opType: "Attention",
        attributes: ["q_num_heads": .int(.max)],
        shapes: [[1, 2, 4], [1, 2, 4], [1, 2, 4]],
        error: "attribute `q_num_heads` is 9223372036854775807, expected 1 to 16777216"
    ),
    LayerAbuse(
        opType: "Attention",
        attributes: ["left_window_size": .int(-2)],
        shapes: [[1, 1, 2, 4], [1, 1, 2, 4], [1, 1, 2, 4]],
        error: "attribute `left_window_size` is -2, expected -1 or more"
    ),
    LayerAbuse(
        opType: "Attention",
        attributes: ["softmax_precision": .int(7)],
        shapes: [[1, 1, 2, 4], [1, 1, 2, 4], [1, 1, 2, 4]],
        error: "attribute `softmax_precision` is `int64`, expected a floating-point type of 16 bits or more"
    ),
    LayerAbuse(
        opType: "Attention",
        attributes: ["qk_matmul_output_mode": .int(4)],
        shapes: [[1, 1, 2, 4], [1, 1, 2, 4], [1, 1, 2, 4]],
        error: "attribute `qk_matmul_output_mode` is 4, expected 0 to 3"
    ),
    LayerAbuse(
        opType: "Attention",
        shapes: [[1, 3, 2, 4], [1, 2, 2, 4], [1, 2, 2, 4]],
        error: "3 heads of queries cannot share 2 of keys"
    ),
    LayerAbuse(
        opType: "Attention",
        shapes: [[1, 1, 2, 4], [1, 1, 2, 3], [1, 1, 2, 4]],
        error: "Q [1, 1, 2, 4], K [1, 1, 2, 3] and V [1, 1, 2, 4] do not fit one another"
    ),
    LayerAbuse(
        opType: "Attention",
        shapes: [[1, 1, 1 << 20, 0], [1, 1, 1 << 20, 0], [1, 1, 1 << 20, 0]],
        error: "a tensor `double` [1048576, 1048576] is larger than the limit of 2147483648 bytes"
    ),
    LayerAbuse(
        opType: "Attention",
        shapes: [[1, 1, 2, 4], [1, 1, 3, 4], [1, 1, 3, 4], [2, 4]],
        error: "the mask has shape [2, 4], expected one that broadcasts to [1, 1, 2, 3]"
    ),
    LayerAbuse(
        opType: "Attention",
        shapes: [[1, 1, 2, 4], [1, 1, 3, 4], [1, 1, 3, 4], nil, [1, 1, 1, 4]],
        error: "past keys, past values or `nonpad_kv_seqlen` are given, expected both of the first or the last"
    ),
    LayerAbuse(
        opType: "Attention",
        shapes: [[1, 1, 2, 4], [1, 1, 3, 4], [1, 1, 3, 4], nil, nil, nil, [1]],
        integers: [6: [.min]],
        error: "`nonpad_kv_seqlen` is [-9223372036854775808], expected 1 numbers from 0 to 3"
    ),
    LayerAbuse(
        opType: "BatchNormalization",
        opset: 7,
        attributes: ["spatial": .int(0)],
        shapes: [[2, 3, 4], [3], [3], [3], [3]],
        error: "`scale` has shape [3], expected 12 elements"
    ),
    LayerAbuse(
        opType: "CausalConvWithState",
        shapes: [[1, 2, 3], [2, 1, 0]],
        error: "input [1, 2, 3] and filters [2, 1, 0] do not fit, expected [n, c, length] and [c, 1, k]"
    ),
    LayerAbuse(
        opType: "CausalConvWithState",
        shapes: [[1, 2, 3], [2, 1, 2], nil, [1, 2, 2]],
        error: "the past state has shape [1, 2, 2], expected [1, 2, 1]"
    ),
    LayerAbuse(
        opType: "FlexAttention",
        opset: 1,
        domain: .onnxPreview,
        shapes: [[2, 4], [2, 4], [2, 4]],
        error: "Q has shape [2, 4], expected 4 axes"
    ),
    LayerAbuse(
        opType: "FlexAttention",
        opset: 1,
        domain: .onnxPreview,
        attributes: ["score_mod": .graph(Graph(name: "body"))],
        shapes: [[1, 1, 2, 4], [1, 1, 2, 4], [1, 1, 2, 4]],
        error: "the body has 0 inputs, expected 1"
    ),
    LayerAbuse(
        opType: "LayerNormalization",
        attributes: ["stash_type": .int(7)],
        shapes: [[2, 3], [3]],
        error: "attribute `stash_type` is `int64`, expected a floating-point type of 16 bits or more"
    ),
    LayerAbuse(
        opType: "LinearAttention",
        attributes: ["q_num_heads": .int(3), "kv_num_heads": .int(2)],
        shapes: [[1, 2, 6], [1, 2, 4], [1, 2, 4]],
        error: "attribute `q_num_heads` is 3, expected a multiple of `kv_num_heads`, 2"
    ),
    LayerAbuse(
        opType: "LinearAttention",
        attributes: ["q_num_heads": .int(2), "kv_num_heads": .int(2)],
        shapes: [[1, 2, 4], [1, 2, 4], [1, 2, 4]],
        error: "input 4 is missing, which `update_rule` needs"
    ),
    LayerAbuse(
        opType: "LinearAttention",
        attributes: ["q_num_heads": .int(2), "kv_num_heads": .int(2), "update_rule": .string("linear")],
        shapes: [[1, 2, 4], [1, 2, 4], [1, 2, 4], nil, [1, 2, 2]],
        error: "input 4 is given, which `update_rule` does not take"
    ),
    LayerAbuse(
        opType: "LinearAttention",
        attributes: ["q_num_heads": .int(2), "kv_num_heads": .int(2), "update_rule": .string("gated")],
        shapes: [[1, 2, 4], [1, 2, 4], [1, 2, 4], nil, [1, 2, 3]],
        error: "input 4 has shape [1, 2, 3], expected [1, 2] and then 2 or 4"
    ),
    LayerAbuse(
        opType: "LSTM",
        opset: 1,
        attributes: ["hidden_size": .int(3)],
        shapes: [[1, 1, 2], [1, 8, 2], [1, 8, 2]],
        error: "attribute `hidden_size` is 3, expected 2, the last extent of R"
    ),
    LayerAbuse(
        opType: "PRelu",
        opset: 6,
        shapes: [[1, 2, 3], [3]],
        error: "`slope` has shape [3], expected a number for each channel of [1, 2, 3]"
    ),
    LayerAbuse(
        opType: "PRelu",
        shapes: [[3], [2, 3]],
        error: "the slope has shape [2, 3], expected one that broadcasts to [3]"
    ),
    LayerAbuse(
        opType: "RMSNormalization",
        shapes: [[2, 3], [4, 2, 3]],
        error: "the scale has shape [4, 2, 3], expected one that broadcasts to [2, 3]"
    ),
    LayerAbuse(
        opType: "RotaryEmbedding",
        attributes: ["num_heads": .int(3)],
        shapes: [[1, 2, 4], [5, 2], [5, 2]],
        error: "input has shape [1, 2, 4], expected 4 axes, or 3 of which `num_heads` divides the last"
    ),
    LayerAbuse(
        opType: "RotaryEmbedding",
        attributes: ["rotary_embedding_dim": .int(6)],
        shapes: [[1, 1, 2, 4], [5, 2], [5, 2]],
        error: "6 elements of 4 are to be turned, expected an even number of them"
    ),
    LayerAbuse(
        opType: "RotaryEmbedding",
        shapes: [[1, 1, 2, 4], [5, 2], [5, 2], [1, 2]],
        integers: [3: [0, 5]],
        error: "position 5 is out of range, expected 0 to 4"
    ),
    LayerAbuse(
        opType: "SwiGLU",
        shapes: [[2, 3], [3]],
        error: "the gate has shape [2, 3], expected [3] as the value"
    ),
    LayerAbuse(
        opType: "TensorScatter",
        attributes: ["axis": .int(0)],
        shapes: [[2, 3], [1, 3]],
        error: "attribute `axis` is 0, expected an axis behind that of the batch"
    ),
    LayerAbuse(
        opType: "TensorScatter",
        shapes: [[1, 4, 3], [1, 2, 3], [1]],
        integers: [2: [3]],
        error: "write index 3 is out of range, expected 0 to 2"
    ),
    LayerAbuse(
        opType: "TensorScatter",
        shapes: [[1, 4, 3], [1, 5, 3]],
        error: "cache [1, 4, 3] and update [1, 5, 3] do not fit along axis 1"
    ),
]

@Suite struct NNAbuseTests {
    @Test(arguments: abuses)
    private func `what a layer asks wrongly is an error at the node`(abuse: LayerAbuse) throws {
        let attributes = abuse.attributes.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }
        let tester = OperatorTester(abuse.opType, domain: abuse.domain, opset: abuse.opset, attributes)
        let error = tester.error(try abuse.inputs())
        let name = abuse.domain == .onnx ? abuse.opType : "\(abuse.domain).\(abuse.opType)"
        #expect(error == "node `n` (\(name), opset \(abuse.opset)): \(abuse.error)")
    }

    @Test func `a ratio that leaves nothing is refused`() throws {
        let inputs = [try floats([1, 2]), try floats([1], []), try Tensor([true], shape: .scalar)]
        let error = OperatorTester("Dropout", opset: 22).error(inputs)
        #expect(error == "node `n` (Dropout, opset 22): the ratio is 1.0, expected one from 0 to less than 1")
    }

    @Test func `a seed makes the same mask again`() throws {
        let inputs = [try floats([Float](repeating: 1, count: 64)), nil, try Tensor([true], shape: .scalar)]
        let tester = OperatorTester("Dropout", opset: 22, [Attribute("seed", .int(7))])
        let (first, second) = (try tester.run(inputs, outputCount: 2), try tester.run(inputs, outputCount: 2))
        #expect(first.map { describe($0) } == second.map { describe($0) })
        let kept = try #require(try first[1].tensor?.elements(as: Bool.self))
        #expect(try first[0].tensor?.elements(as: Float.self) == kept.map { $0 ? 2 : 0 })
        #expect(kept.contains(true) && kept.contains(false))
    }
}
