import Diagnostics
import OnnxIR
import Tensors

/// Attention in which several heads of queries share one of keys and values, with a cache of those.
struct GroupQueryAttention: Operator {
    private let headCount: Int
    private let keyHeadCount: Int
    private let scale: Float
    private let softcap: Float
    private let isCausal: Bool
    /// How many keys a query sees, its own included; `nil` for all.
    private let windowLength: Int?
    private let turnsRows: Bool
    private let isInterleaved: Bool
    private let hasZeroSink: Bool
    private let record: AttentionProduct.Record?

    static let definition = OperatorDefinition("GroupQueryAttention", domain: .microsoft, since: 1) {
        node throws(EngineError) in try GroupQueryAttention(node)
    }

    private init(_ node: NodeContext) throws(EngineError) {
        try Self.refuseUnsupported(node)
        headCount = try node.headCount("num_heads")
        keyHeadCount = try node.headCount("kv_num_heads")
        guard headCount.isMultiple(of: keyHeadCount) else {
            throw .attribute("num_heads", headCount, expected: "a multiple of `kv_num_heads`, \(keyHeadCount)")
        }
        scale = try node.float("scale", default: 0)
        softcap = try node.float("softcap", default: 0)
        isCausal = try node.bool("causal", default: true)
        let window = try node.int("local_window_size", default: -1)
        guard window >= -1, isCausal || window == -1 else {
            throw .attribute("local_window_size", window, expected: isCausal ? "-1 or more" : "-1 without `causal`")
        }
        windowLength = window == -1 ? nil : window
        turnsRows = try node.bool("do_rotary", default: false)
        isInterleaved = try node.bool("rotary_interleaved", default: false)
        hasZeroSink = try node.int("smooth_softmax", default: -1) == 1
        switch try node.int("qk_output", default: 0) {
        case 0: record = nil
        case 1: record = .scores
        case 2: record = .weights
        case let other: throw .attribute("qk_output", other, expected: "0, 1 or 2")
        }
    }

    private static func refuseUnsupported(_ node: NodeContext) throws(EngineError) {
        guard try !node.bool("sliding_window_cache", default: false) else {
            throw EngineError(.unsupportedAttribute, "attribute `sliding_window_cache` is not supported")
        }
        for name in ["k_quant_type", "v_quant_type"] {
            guard let type = try node.string(name), type != "NONE" else { continue }
            throw EngineError(.unsupportedAttribute, "attribute `\(name)` is `\(type)`, which is not supported")
        }
        for (index, name) in [12: "k_scale", 13: "v_scale", 14: "q_norm_weight", 15: "k_norm_weight"].sorted(by: <) {
            guard index < node.hasInput.count, node.hasInput[index] else { continue }
            throw EngineError(.unsupportedAttribute, "input `\(name)` is not supported")
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let type = inputs.elementType()
        let shape = inputs.has(1) ? inputs.shape() : nil
        return [.tensor(type, shape), .tensor(type), .tensor(type), .tensor(type)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        for index in 3...4 {
            guard let past = try call.optionalTensor(index), past.elementType.bitWidth == 8 else { continue }
            throw EngineError(
                .unsupportedAttribute,
                "a cache of elements `\(past.elementType.name)` is not supported, expected those of the query"
            )
        }
        return try call.widened(compute)
    }

    private func compute(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var (query, key, value) = try operands(call)
        var past: (key: HeadRows, value: HeadRows)?
        if call.hasInput(3) || call.hasInput(4) {
            past = (
                key: try HeadRows("past_key", byHead: call.tensor(3), heads: keyHeadCount),
                value: try HeadRows("past_value", byHead: call.tensor(4), heads: keyHeadCount)
            )
        }
        let lengths = try CacheLengths(samples: query.sampleCount, queries: query.length, past: past?.key, call)
        if turnsRows {
            let table = try RotaryTable(call.tensor(7), call.tensor(8), isInterleaved: isInterleaved)
            let positions = try positions(lengths, queries: query.length, call.optionalTensor(9))
            query = try query.turned(by: table, positions: positions, call)
            key = try key.turned(by: table, positions: positions, call)
        }
        let placements = zip(lengths.pasts, lengths.queryCounts).map { past, count in
            HeadRows.Placement(kept: past, added: count, position: past)
        }
        key = try key.cached(placements, capacity: lengths.capacity, after: past?.key, call)
        value = try value.cached(placements, capacity: lengths.capacity, after: past?.value, call)
        var bias: AttentionBias?
        if let tensor = try call.optionalTensor(10) {
            bias = try AttentionBias(
                tensor,
                samples: query.sampleCount,
                heads: headCount,
                queries: query.length,
                keys: lengths.longest
            )
        }
        let product = try AttentionProduct(
            query: query,
            key: key,
            value: value,
            scale: scale,
            keyCounts: lengths.totals,
            sinks: sinks(call),
            record: call.outputCount > 3 ? record : nil,
            recordLength: lengths.longest
        )
        let (output, recorded) = try product.compute(call) { row in
            adjust(row, bias, lengths)
        }
        return [.tensor(output), .tensor(key.tensor), .tensor(value.tensor)] + (recorded.map { [.tensor($0)] } ?? [])
    }

    /// Caps the scores, adds the bias, and says which keys the query sees.
    private func adjust(_ row: AttentionProduct.Row, _ bias: AttentionBias?, _ lengths: CacheLengths) -> Range<Int> {
        if softcap > 0 {
            for index in row.scores.indices { row.scores[index] = softcap * Float.tanh(row.scores[index] / softcap) }
        }
        bias?.add(to: row)
        guard row.query < lengths.queryCounts[row.sample] else { return 0..<0 }
        let total = lengths.totals[row.sample]
        let end = isCausal ? min(lengths.pasts[row.sample] + row.query + 1, total) : total
        return max(0, end - (windowLength ?? end))..<end
    }

    /// The rows of queries, keys and values, one by one or as columns of one tensor.
    private func operands(
        _ call: OperatorCall
    ) throws(EngineError) -> (query: HeadRows, key: HeadRows, value: HeadRows) {
        let tensor = try call.tensor(0)
        guard !call.hasInput(1), !call.hasInput(2) else {
            let query = try HeadRows("query", merged: tensor, heads: headCount)
            let key = try HeadRows("key", merged: call.tensor(1), heads: keyHeadCount)
            let value = try HeadRows("value", merged: call.tensor(2), heads: keyHeadCount)
            for (name, rows) in [("key", key), ("value", value)] {
                guard rows.sampleCount == query.sampleCount, rows.length == query.length else {
                    let expected = "[\(query.sampleCount), \(query.length), columns]"
                    throw EngineError(.shape, "`\(name)` has shape \(rows.tensor.shape), expected \(expected)")
                }
            }
            return (query, key, value)
        }
        let heads = headCount + 2 * keyHeadCount
        guard tensor.shape.rank == 3, tensor.shape[2].isMultiple(of: heads) else {
            let expected = "3 axes, the last of a multiple of \(heads)"
            throw EngineError(.shape, "`query` without `key` has shape \(tensor.shape), expected \(expected)")
        }
        let size = tensor.shape[2] / heads
        let (first, second) = (headCount * size, (headCount + keyHeadCount) * size)
        return (
            query: try HeadRows("query", merged: tensor, heads: headCount, columns: 0..<first),
            key: try HeadRows("query", merged: tensor, heads: keyHeadCount, columns: first..<second),
            value: try HeadRows("query", merged: tensor, heads: keyHeadCount, columns: second..<heads * size)
        )
    }

    /// The positions of the rows of each sample; `nil` for padding that is known as such.
    private func positions(
        _ lengths: CacheLengths,
        queries: Int,
        _ tensor: Tensor?
    ) throws(EngineError) -> [Int?] {
        let given = try tensor?.integers("`position_ids`")
        let samples = lengths.totals.count
        if let tensor, let given {
            // SPEC: where nothing came before, only the first position counts, and the others follow it.
            guard tensor.shape.dimensions == [samples, queries] || lengths.isFirst && !given.isEmpty else {
                throw EngineError(
                    .shape,
                    "`position_ids` has shape \(tensor.shape), expected [\(samples), \(queries)]"
                )
            }
        }
        return (0..<samples * queries).map { index in
            let (sample, row) = (index / queries, index % queries)
            guard row < lengths.queryCounts[sample] else { return nil }
            guard let given else { return lengths.pasts[sample] + row }
            return lengths.isFirst ? given[0] &+ row : given[index]
        }
    }

    private func sinks(_ call: OperatorCall) throws(EngineError) -> [Float]? {
        guard let tensor = try call.optionalTensor(11) else {
            return hasZeroSink ? [Float](repeating: 0, count: headCount) : nil
        }
        guard tensor.shape.dimensions == [headCount] else {
            throw EngineError(.shape, "`head_sink` has shape \(tensor.shape), expected [\(headCount)]")
        }
        return try tensor.array(of: Float.self)
    }
}
