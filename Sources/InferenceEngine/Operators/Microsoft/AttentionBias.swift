import Diagnostics
import OnnxIR
import Tensors

/// A tensor `[samples or 1, heads or 1, queries, keys]` that is added to the scores of attention.
struct AttentionBias {
    private let numbers: UnsafePointer<Float>
    private let sampleStride: Int
    private let headStride: Int
    private let keyCount: Int

    /// *Throws*: `shape` for any other shape.
    init(_ tensor: Tensor, samples: Int, heads: Int, queries: Int, keys: Int) throws(EngineError) {
        let shape = tensor.shape
        guard shape.rank == 4, shape[0] == 1 || shape[0] == samples, shape[1] == 1 || shape[1] == heads,
            shape[2] == queries, shape[3] == keys
        else {
            let expected = "[\(samples) or 1, \(heads) or 1, \(queries), \(keys)]"
            throw EngineError(.shape, "`attention_bias` has shape \(shape), expected \(expected)")
        }
        numbers = try tensor.pointer(Float.self)
        sampleStride = shape[0] == 1 ? 0 : shape[1] * queries * keys
        headStride = shape[1] == 1 ? 0 : queries * keys
        keyCount = keys
    }

    /// Adds a query's numbers to its scores.
    func add(to row: AttentionProduct.Row) {
        let line = numbers + (row.sample &* sampleStride &+ row.head &* headStride &+ row.query &* keyCount)
        for index in row.scores.indices { row.scores[index] += line[index] }
    }
}
