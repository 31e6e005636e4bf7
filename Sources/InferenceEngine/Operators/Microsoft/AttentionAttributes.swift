import Diagnostics
import OnnxIR
import Tensors

/// The attributes and the computation that `Attention` and `QAttention` share.
struct AttentionAttributes: Sendable {
    let headCount: Int
    let isCausal: Bool
    let scale: Float
    let filterValue: Float

    /// *Throws*: `attribute`, and `unsupportedAttribute` for what ONNX Runtime has on other devices than the CPU only.
    init(_ node: NodeContext) throws(EngineError) {
        headCount = try node.headCount("num_heads")
        isCausal = try node.bool("unidirectional", default: false)
        scale = try node.float("scale", default: 0)
        filterValue = try node.float("mask_filter_value", default: -10_000)
        for name in ["do_rotary", "past_present_share_buffer"] {
            guard try node.bool(name, default: false) else { continue }
            throw EngineError(.unsupportedAttribute, "attribute `\(name)` is not supported")
        }
    }

    /// Attention among the rows of a projection `[samples, length, columns]`, whose columns are those of the queries, the
    /// keys and the values; with the present keys and values when the node asks for them.
    func compute(
        _ projection: Tensor,
        columns: [Int],
        mask: Tensor?,
        past: Tensor?,
        bias: Tensor?,
        _ call: OperatorCall
    ) throws(EngineError) -> [Value] {
        let givesPresent = call.outputCount > 1
        var parts: [HeadRows] = []
        var pastLength = 0
        for (index, count) in columns.enumerated() {
            let start = columns[..<index].reduce(0, +)
            var rows = try HeadRows("input", merged: projection, heads: headCount, columns: start..<start + count)
            if index > 0, past != nil || givesPresent {
                var earlier: HeadRows?
                if let past { earlier = try HeadRows("past", byHead: past, heads: headCount, half: index - 1) }
                pastLength = earlier?.length ?? 0
                rows = try rows.appended(to: earlier, call)
            }
            parts.append(rows)
        }
        let (samples, queries, keys) = (parts[0].sampleCount, parts[0].length, parts[1].length)
        let attentionMask = try KeyMask(
            mask,
            filteredBy: filterValue,
            samples: samples,
            queries: queries,
            keys: keys,
            causalAfter: isCausal ? pastLength : nil,
            call
        )
        var attentionBias: AttentionBias?
        if let bias {
            attentionBias = try AttentionBias(bias, samples: samples, heads: headCount, queries: queries, keys: keys)
        }
        let product = try AttentionProduct(query: parts[0], key: parts[1], value: parts[2], scale: scale)
        let output = try product.compute(call) { row in
            attentionMask.add(to: row)
            attentionBias?.add(to: row)
            return row.scores.indices
        }.output
        guard givesPresent else { return [.tensor(output)] }
        return [.tensor(output), .tensor(try stacked(parts[1].tensor, parts[2].tensor, call))]
    }

    /// What is known of the present from what is known of the past and of the length of the input.
    func presentFacts(_ inputs: InputFacts, past: Int, elementType: ElementType?) -> Facts {
        guard let shape = inputs.shape(past), shape.count == 5 else { return .tensor(elementType) }
        var length = Dimension.unknown
        if let new = inputs.shape(), new.count == 3, let added = new[1].extent {
            length = shape[3].map { $0.addingReportingOverflow(added).overflow ? nil : $0 + added }
        }
        return .tensor(elementType, [shape[0], shape[1], shape[2], length, shape[4]])
    }

    private func stacked(_ keys: Tensor, _ values: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        guard keys.shape == values.shape else {
            throw EngineError(.shape, "the keys have shape \(keys.shape), expected \(values.shape) as the values")
        }
        let shape = try call.shape([2] + keys.shape.dimensions)
        let (first, second) = (try keys.pointer(Float.self), try values.pointer(Float.self))
        let count = keys.shape.elementCount
        return try call.tensor(of: Float.self, shape) { target in
            target.update(from: first, count: count)
            (target + count).update(from: second, count: count)
        }
    }
}

extension NodeContext {
    /// A number of heads, which must be given, so small that its product with an extent fits an `Int`.
    func headCount(_ name: String) throws(EngineError) -> Int {
        let count = try required(name, int(name))
        guard count > 0, count <= 1 << 24 else { throw .attribute(name, count, expected: "1 to \(1 << 24)") }
        return count
    }
}
