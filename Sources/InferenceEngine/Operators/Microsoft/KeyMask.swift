import Diagnostics
import OnnxIR
import Tensors

/// Which keys a query sees, by numbers that are added to its scores.
struct KeyMask {
    private let keyCount: Int
    private let queryCount: Int
    /// How many keys came before the queries' own; `nil` when queries see later ones too.
    private let pastCount: Int?
    /// Numbers `[samples, keys]`, or `[samples, queries, keys]`.
    private let filter: [Float]
    private let sampleStride: Int
    private let queryStride: Int

    /// Reads a mask in one of its forms, in which only the lengths count where there are more numbers than two for each
    /// sample: `[samples]` lengths, `[2 · samples]` ends and starts, `[3 · samples + 2]` lengths and sums of them,
    /// `[samples, keys]` and `[samples, queries, keys]` with 0 for what is masked.
    ///
    /// *Throws*: `shape` for any other form, `value` for a negative length, `limit` for a mask that is too large.
    init(
        _ mask: Tensor?,
        filteredBy value: Float,
        samples: Int,
        queries: Int,
        keys: Int,
        causalAfter past: Int?,
        _ call: OperatorCall
    ) throws(EngineError) {
        (keyCount, queryCount, pastCount) = (keys, queries, past)
        let shape = mask?.shape ?? .scalar
        let numbers = try mask?.integers("the mask") ?? []
        var filter: [Float] = []
        switch shape.rank {
        case 0 where mask == nil: break
        case 1 where [samples, 2 * samples, 3 * samples + 2].contains(shape[0]):
            try call.state.check(.float, call.shape([samples, keys]))
            for sample in 0..<samples {
                let end = numbers[sample]
                guard end >= 0 else { throw EngineError(.value, "the mask has the length \(end)") }
                let start = shape[0] == 2 * samples ? numbers[samples + sample] : 0
                filter += (0..<keys).map { $0 < start || $0 >= end ? value : 0 }
            }
        // SPEC: one column for more keys than one stands for no mask.
        case 2 where shape[1] == 1 && keys != 1 && (shape[0] == 1 || shape[0] == samples): break
        case 2 where shape.dimensions == [samples, keys], 3 where shape.dimensions == [samples, queries, keys]:
            filter = numbers.map { $0 > 0 ? 0 : value }
        case 4: throw EngineError(.unsupportedAttribute, "a mask with 4 axes is not supported, it has shape \(shape)")
        default:
            let expected = "[\(samples)], [\(samples), \(keys)] or [\(samples), \(queries), \(keys)]"
            throw EngineError(.shape, "the mask has shape \(shape), expected \(expected)")
        }
        self.filter = filter
        sampleStride = shape.rank == 3 ? queries * keys : keys
        queryStride = shape.rank == 3 ? keys : 0
    }

    /// Adds the mask to the scores of a row.
    func add(to row: AttentionProduct.Row) {
        let line = row.sample &* sampleStride &+ row.query &* queryStride
        if !filter.isEmpty {
            for index in row.scores.indices { row.scores[index] += filter[line &+ index] }
        }
        // SPEC: the last query sees all keys, also where there are more of them than queries.
        guard let pastCount, row.query < queryCount - 1, row.query + pastCount + 1 < keyCount else { return }
        for index in (row.query + pastCount + 1)..<keyCount { row.scores[index] = -.greatestFiniteMagnitude }
    }
}
