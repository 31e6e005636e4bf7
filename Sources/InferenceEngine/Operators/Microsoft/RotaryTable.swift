import Diagnostics
import OnnxIR
import Tensors

/// Cosines and sines for positions, by which the numbers of a row are turned in pairs.
struct RotaryTable {
    /// How many positions there are.
    let length: Int
    /// How many pairs of numbers are turned.
    let pairCount: Int
    private let cosines: UnsafePointer<Float>
    private let sines: UnsafePointer<Float>
    /// Whether the numbers of a pair stand side by side, and not half of what is turned apart.
    private let isInterleaved: Bool

    /// Takes tables `[positions, pairs]` of an operator's inputs.
    ///
    /// *Throws*: `shape` for another rank, or for two that differ.
    init(_ cosines: Tensor, _ sines: Tensor, isInterleaved: Bool) throws(EngineError) {
        guard cosines.shape.rank == 2, cosines.shape == sines.shape else {
            throw EngineError(
                .shape,
                "`cos_cache` and `sin_cache` have shapes \(cosines.shape) and \(sines.shape), expected equal matrices"
            )
        }
        (length, pairCount) = (cosines.shape[0], cosines.shape[1])
        (self.cosines, self.sines) = (try cosines.pointer(Float.self), try sines.pointer(Float.self))
        self.isInterleaved = isInterleaved
    }

    /// *Throws*: `index` for a position that is not in the tables.
    func check(_ position: Int) throws(EngineError) {
        guard position >= 0, position < length else {
            throw EngineError(.index, "position \(position) is out of range, expected 0 to \(length - 1)")
        }
    }

    /// Turns the first `2 · pairCount` numbers of a row in place; the position has been checked.
    func turn(_ row: UnsafeMutablePointer<Float>, at position: Int) {
        let (cosine, sine) = (cosines + position &* pairCount, sines + position &* pairCount)
        for pair in 0..<pairCount {
            let (first, second) = isInterleaved ? (2 &* pair, 2 &* pair &+ 1) : (pair, pair &+ pairCount)
            let (x, y) = (row[first], row[second])
            row[first] = x * cosine[pair] - y * sine[pair]
            row[second] = x * sine[pair] + y * cosine[pair]
        }
    }
}
