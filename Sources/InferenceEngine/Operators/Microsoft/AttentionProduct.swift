import Diagnostics
import OnnxIR
import Tensors

/// `softmax(scale · Q · Kᵀ) · V` for each head, with whatever an operator does to the scores before the softmax.
///
/// Where there are more heads of queries than of keys and values, as many of them in a row share one of those.
struct AttentionProduct {
    /// What is handed out besides the result.
    enum Record {
        /// What the softmax is given; zero for keys that take no part.
        case scores
        /// What the softmax gives.
        case weights
    }

    /// The scores of one query: where it stands, and a number for each key.
    struct Row {
        let sample: Int
        let head: Int
        let query: Int
        let scores: UnsafeMutableBufferPointer<Float>
    }

    let query: HeadRows
    let key: HeadRows
    let value: HeadRows
    let scale: Float
    /// How many keys of each sample there are; rows behind them are not looked at.
    let keyCounts: [Int]
    /// For each head of queries one more score, which takes its part of the weight and has no value.
    let sinks: [Float]?
    let record: Record?
    /// How many keys a recorded row has room for.
    let recordLength: Int

    /// *Throws*: `shape` when queries, keys and values do not fit one another.
    init(
        query: HeadRows,
        key: HeadRows,
        value: HeadRows,
        scale: Float,
        keyCounts: [Int]? = nil,
        sinks: [Float]? = nil,
        record: Record? = nil,
        recordLength: Int? = nil
    ) throws(EngineError) {
        guard key.sampleCount == query.sampleCount, value.sampleCount == query.sampleCount else {
            let counts = "\(query.sampleCount), \(key.sampleCount) and \(value.sampleCount)"
            throw EngineError(.shape, "queries, keys and values are of \(counts) samples, expected as many")
        }
        guard key.size == query.size else {
            throw EngineError(.shape, "a key has \(key.size) numbers, expected \(query.size) as a query")
        }
        guard key.headCount == value.headCount, key.length == value.length,
            query.headCount.isMultiple(of: key.headCount)
        else {
            let counts = "\(key.length) keys of \(key.headCount) heads and \(value.length) values of \(value.headCount)"
            throw EngineError(.shape, "there are \(counts), expected as many")
        }
        self.query = query
        self.key = key
        self.value = value
        // SPEC: a scale of 0 stands for none.
        self.scale = scale == 0 ? 1 / Float(query.size).squareRoot() : scale
        let counts = keyCounts ?? [Int](repeating: key.length, count: key.sampleCount)
        self.keyCounts = counts
        self.recordLength = recordLength ?? counts.max() ?? 0
        self.sinks = sinks
        self.record = record
    }

    /// The result `[samples, queries, heads · size]`, and what is recorded `[samples, heads, queries, keys]`.
    ///
    /// `adjust` changes the scores of a row and says which keys take part.
    func compute(
        _ call: OperatorCall,
        _ adjust: (Row) -> Range<Int>
    ) throws(EngineError) -> (output: Tensor, recorded: Tensor?) {
        let (rows, columns, keyCount) = (query.length, value.size, keyCounts.max() ?? 0)
        let outputShape = try call.shape([query.sampleCount, rows, query.headCount * columns])
        let recordShape = try call.shape(
            record == nil ? [0] : [query.sampleCount, query.headCount, rows, recordLength]
        )
        try call.state.check(.float, recordShape)
        try call.state.check(.float, call.shape([rows, keyCount]))
        let sources = (
            query: try query.tensor.pointer(Float.self), key: try key.tensor.pointer(Float.self),
            value: try value.tensor.pointer(Float.self)
        )
        var recorded = [Float](repeating: 0, count: recordShape.elementCount)
        let groupSize = query.headCount / key.headCount
        let sizes = [key.size * keyCount, columns * keyCount, rows * keyCount, rows * columns]
        try call.state.check(.float, call.shape([sizes.reduce(0, +)]))
        var scratch = [Float](repeating: 0, count: sizes.reduce(0, +))
        let output = try call.tensor(of: Float.self, outputShape) { target in
            scratch.withUnsafeMutableBufferPointer { scratch in
                guard let keys = scratch.baseAddress else { return }
                let values = keys + sizes[0]
                let scores = values + sizes[1]
                let result = scores + sizes[2]
                for sample in 0..<query.sampleCount {
                    let count = keyCounts[sample]
                    for head in 0..<query.headCount {
                        let keyHead = head / groupSize
                        if head.isMultiple(of: groupSize) {
                            transpose(sources.key + key.offset(sample: sample, head: keyHead), count, keys)
                            value.copy(sources.value + value.offset(sample: sample, head: keyHead), count, values)
                        }
                        scores.update(repeating: 0, count: rows * count)
                        addProduct(
                            query.matrix(sources.query + query.offset(sample: sample, head: head)),
                            keys,
                            scores,
                            rows: rows,
                            inner: query.size,
                            columns: count
                        )
                        for row in 0..<rows {
                            let line = UnsafeMutableBufferPointer(start: scores + row * count, count: count)
                            let place = (sample * query.headCount + head) * rows + row
                            weigh(Row(sample: sample, head: head, query: row, scores: line), adjust) { line in
                                for index in 0..<count { recorded[place * recordLength + index] = line[index] }
                            }
                        }
                        result.update(repeating: 0, count: rows * columns)
                        addProduct(
                            MatrixView(base: UnsafePointer(scores), rowStride: count, columnStride: 1),
                            values,
                            result,
                            rows: rows,
                            inner: count,
                            columns: columns
                        )
                        for row in 0..<rows {
                            let place = ((sample * rows + row) * query.headCount + head) * columns
                            (target + place).update(from: result + row * columns, count: columns)
                        }
                    }
                }
            }
        }
        guard record != nil else { return (output, nil) }
        return (output, try .of(recorded, recordShape))
    }

    /// Makes the weights of a row from its products.
    private func weigh(
        _ row: Row,
        _ adjust: (Row) -> Range<Int>,
        _ keep: (UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        let scores = row.scores
        for index in scores.indices { scores[index] *= scale }
        let taken = adjust(row)
        for index in scores.indices where !taken.contains(index) { scores[index] = 0 }
        if record == .scores { keep(scores) }
        let sink = sinks?[row.head]
        let greatest = max(scores[taken].max() ?? -.infinity, sink ?? -.infinity)
        var sum = sink.map { Float.exp($0 - greatest) } ?? 0
        for index in taken {
            scores[index] = Float.exp(scores[index] - greatest)
            sum += scores[index]
        }
        for index in taken { scores[index] /= sum }
        if record == .weights { keep(scores) }
    }

    /// Writes the first keys of a head as columns.
    private func transpose(_ source: UnsafePointer<Float>, _ count: Int, _ target: UnsafeMutablePointer<Float>) {
        let matrix = key.matrix(source)
        for row in 0..<count {
            for index in 0..<key.size { target[index &* count &+ row] = matrix.base[row &* matrix.rowStride &+ index] }
        }
    }
}
