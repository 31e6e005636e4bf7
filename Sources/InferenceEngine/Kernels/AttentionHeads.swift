import Diagnostics
import OnnxIR
import Tensors

/// The products of an attention, head by head; several heads of queries may share one of keys and values.
///
/// *Shapes*: queries `[batch, query heads, queries, size]`, keys `[batch, heads, keys, size]`, values
/// `[batch, heads, keys, value size]`.
struct AttentionHeads {
    let batch: Int
    let queryHeads: Int
    let queryCount: Int
    let keyCount: Int
    let valueSize: Int
    private let heads: Int
    /// The size of a head of queries or keys.
    let size: Int

    /// How many heads of queries share one of keys.
    private var sharers: Int { queryHeads / heads }
    var scoreShape: [Int] { [batch, queryHeads, queryCount, keyCount] }
    var outputShape: [Int] { [batch, queryHeads, queryCount, valueSize] }

    /// *Throws*: `shape` when the shapes do not fit one another, `limit` when a head's scores are too large.
    init(queries: Shape, keys: Shape, values: Shape, _ call: OperatorCall) throws(EngineError) {
        guard queries.rank == 4, keys.rank == 4, values.rank == 4,
            Array(values.dimensions[..<3]) == Array(keys.dimensions[..<3]),
            queries[0] == keys[0], queries[3] == keys[3]
        else {
            throw EngineError(.shape, "Q \(queries), K \(keys) and V \(values) do not fit one another")
        }
        guard keys[1] > 0, queries[1] % keys[1] == 0 else {
            throw EngineError(.shape, "\(queries[1]) heads of queries cannot share \(keys[1]) of keys")
        }
        (batch, queryHeads, queryCount, size) = (queries[0], queries[1], queries[2], queries[3])
        (heads, keyCount, valueSize) = (keys[1], keys[2], values[3])
        try call.state.check(.double, call.shape([queryCount, keyCount]))
    }

    /// Calls `body` with each head of the queries, counted through the batch, and its scaled products with the keys:
    /// a matrix of `queryCount × keyCount` that `body` may change and that is good until it returns.
    func forEachScores<Element: ProductElement & RealElement>(
        _ queries: UnsafePointer<Element>,
        _ keys: UnsafePointer<Element>,
        scale: Element,
        _ body: (_ head: Int, _ scores: UnsafeMutablePointer<Element>) -> Void
    ) {
        let root = scale.squareRoot()
        var rows = [Element](repeating: 0, count: max(1, queryCount * size))
        var columns = [Element](repeating: 0, count: max(1, size * keyCount))
        var scores = [Element](repeating: 0, count: max(1, queryCount * keyCount))
        rows.withUnsafeMutableBufferPointer { rows in
            columns.withUnsafeMutableBufferPointer { columns in
                scores.withUnsafeMutableBufferPointer { scores in
                    guard let row = rows.baseAddress, let column = columns.baseAddress, let score = scores.baseAddress
                    else { return }
                    for head in 0..<(batch * queryHeads) {
                        let query = queries + head * queryCount * size
                        if head % sharers == 0 { transpose(keys + head / sharers * keyCount * size, to: column, root) }
                        for index in 0..<(queryCount * size) { row[index] = query[index] * root }
                        scores.update(repeating: 0)
                        addProduct(
                            MatrixView(base: row, rowStride: size, columnStride: 1),
                            column,
                            score,
                            rows: queryCount,
                            inner: size,
                            columns: keyCount
                        )
                        body(head, score)
                    }
                }
            }
        }
    }

    private func transpose<Element: RealElement>(
        _ keys: UnsafePointer<Element>,
        to columns: UnsafeMutablePointer<Element>,
        _ factor: Element
    ) {
        for key in 0..<keyCount {
            for index in 0..<size { columns[index &* keyCount &+ key] = keys[key &* size &+ index] * factor }
        }
    }

    /// Adds the values, weighted by the probabilities of a head, to what the head yields.
    func addValues<Element: ProductElement>(
        _ probabilities: UnsafePointer<Element>,
        _ values: UnsafePointer<Element>,
        head: Int,
        to target: UnsafeMutablePointer<Element>
    ) {
        addProduct(
            MatrixView(base: probabilities, rowStride: keyCount, columnStride: 1),
            values + head / sharers * keyCount * valueSize,
            target + head * queryCount * valueSize,
            rows: queryCount,
            inner: keyCount,
            columns: valueSize
        )
    }
}
