import Diagnostics
import OnnxIR
import Tensors

/// Attention of queries to keys and values that are projected already, and come one by one or packed together.
struct MultiHeadAttention: Operator {
    let headCount: Int
    let isCausal: Bool
    let scale: Float
    let filterValue: Float

    static let definition = OperatorDefinition("MultiHeadAttention", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        guard node.hasInput.count < 10 || !node.hasInput[9] else {
            throw EngineError(.unsupportedAttribute, "input `cache_indirection` is not supported")
        }
        return MultiHeadAttention(
            headCount: try node.headCount("num_heads"),
            isCausal: try node.bool("unidirectional", default: false),
            scale: try node.float("scale", default: 0),
            filterValue: try node.float("mask_filter_value", default: -10_000)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let type = inputs.elementType()
        var shape: [Dimension]?
        if let query = inputs.shape(), query.count == 3 {
            let value = inputs.shape(2)
            let columns: Dimension? =
                switch value?.count {
                case 3: value?[2]
                case 4: value?[3].map { $0.multipliedReportingOverflow(by: headCount).overflow ? nil : $0 * headCount }
                default: nil
                }
            shape = [query[0], query[1], columns ?? .unknown]
        }
        return [.tensor(type, shape), .tensor(type), .tensor(type), .tensor(type)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] { try call.widened(compute) }

    private func compute(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var (query, key, value) = try operands(call)
        var past: (key: HeadRows, value: HeadRows)?
        if let pastKey = try call.optionalTensor(6) {
            past = (
                key: try HeadRows("past_key", byHead: pastKey, heads: headCount),
                value: try HeadRows("past_value", byHead: call.tensor(7), heads: headCount)
            )
        }
        let shared = try call.integers(8)
        let pastLength = try past.map { past throws(EngineError) in try length(of: past.key, shared) } ?? 0
        let keyCount = pastLength + key.length
        if past != nil || call.outputCount > 1 {
            key = try present(key, behind: pastLength, of: past?.key, isShared: shared != nil, call)
            value = try present(value, behind: pastLength, of: past?.value, isShared: shared != nil, call)
        }
        let (samples, queries) = (query.sampleCount, query.length)
        let mask = try KeyMask(
            call.optionalTensor(4),
            filteredBy: filterValue,
            samples: samples,
            queries: queries,
            keys: keyCount,
            causalAfter: isCausal ? pastLength : nil,
            call
        )
        var bias: AttentionBias?
        if let tensor = try call.optionalTensor(5) {
            bias = try AttentionBias(tensor, samples: samples, heads: headCount, queries: queries, keys: keyCount)
        }
        let product = try AttentionProduct(
            query: query,
            key: key,
            value: value,
            scale: scale,
            keyCounts: [Int](repeating: keyCount, count: samples),
            record: call.outputCount > 3 ? .scores : nil
        )
        let (output, recorded) = try product.compute(call) { row in
            mask.add(to: row)
            bias?.add(to: row)
            return row.scores.indices
        }
        guard call.outputCount > 1 else { return [.tensor(output)] }
        return [.tensor(output), .tensor(key.tensor), .tensor(value.tensor)] + (recorded.map { [.tensor($0)] } ?? [])
    }

    /// The rows of the queries, keys and values, with their biases.
    private func operands(
        _ call: OperatorCall
    ) throws(EngineError) -> (query: HeadRows, key: HeadRows, value: HeadRows) {
        let queryTensor = try call.tensor(0)
        let keyTensor = try call.optionalTensor(1)
        var parts: [HeadRows] = []
        switch (queryTensor.shape.rank, keyTensor?.shape.rank) {
        case (5, nil):
            for part in 0..<3 {
                parts.append(try HeadRows("query", packed: queryTensor, heads: headCount, part: part, of: 3))
            }
        case (3, 5):
            parts.append(try HeadRows("query", merged: queryTensor, heads: headCount))
            for part in 0..<2 {
                parts.append(try HeadRows("key", packed: call.tensor(1), heads: headCount, part: part, of: 2))
            }
        case (3, 4):
            parts = [
                try HeadRows("query", merged: queryTensor, heads: headCount),
                try HeadRows("key", byHead: call.tensor(1), heads: headCount),
                try HeadRows("value", byHead: call.tensor(2), heads: headCount),
            ]
        case (3, 3):
            for (index, name) in ["query", "key", "value"].enumerated() {
                parts.append(try HeadRows(name, merged: call.tensor(index), heads: headCount))
            }
        default:
            let shapes = "\(queryTensor.shape) and \(keyTensor?.shape.description ?? "none")"
            throw EngineError(
                .shape,
                "`query` and `key` have shapes \(shapes), expected 3 axes and 3, 4 or 5, or 5 axes and no key"
            )
        }
        guard let bias = try call.optionalTensor(3) else { return (parts[0], parts[1], parts[2]) }
        let columns = parts.map { $0.headCount * $0.size }
        guard bias.shape.dimensions == [columns.reduce(0, +)] else {
            throw EngineError(.shape, "`bias` has shape \(bias.shape), expected [\(columns.reduce(0, +))]")
        }
        let numbers = try bias.array(of: Float.self)
        // SPEC: keys and values by head come from a cache, and have their biases already.
        for index in parts.indices where index == 0 || keyTensor?.shape.rank != 4 {
            let start = columns[..<index].reduce(0, +)
            parts[index] = try parts[index].adding(Array(numbers[start..<start + columns[index]]), call)
        }
        return (parts[0], parts[1], parts[2])
    }

    /// How many of the past's rows there are: all, unless the node says how many of them are filled.
    private func length(of past: HeadRows, _ shared: [Int]?) throws(EngineError) -> Int {
        guard let shared else { return past.length }
        guard shared.count == 1, shared[0] >= 0, shared[0] <= past.length else {
            throw EngineError(
                .value,
                "`past_sequence_length` is \(shared), expected one number from 0 to \(past.length)"
            )
        }
        return shared[0]
    }

    /// New rows behind the past; of a past that shares its buffer with the present, in the room that it has for them.
    private func present(
        _ rows: HeadRows,
        behind count: Int,
        of past: HeadRows?,
        isShared: Bool,
        _ call: OperatorCall
    ) throws(EngineError) -> HeadRows {
        guard isShared, let past else { return try rows.appended(to: past, call) }
        let placement = HeadRows.Placement(kept: past.length, added: rows.length, position: count)
        return try rows.cached(
            [HeadRows.Placement](repeating: placement, count: rows.sampleCount),
            capacity: past.length,
            after: past,
            call
        )
    }
}
