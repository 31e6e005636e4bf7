import Diagnostics
import OnnxIR
import Tensors

/// How often each n-gram of a pool stands in a sequence, weighted.
///
/// *Shapes*: `[tokens] → [columns]`, `[sequences, tokens] → [sequences, columns]`.
struct TfIdfVectorizer: Operator {
    private enum Mode: String, CaseIterable, Sendable {
        case frequency = "TF"
        case presence = "IDF"
        case weightedFrequency = "TFIDF"
    }

    private let mode: Mode
    private let pool: NgramPool
    /// For each n-gram of the pool its column in the output.
    private let columns: [Int]
    /// For each n-gram its weight; 1 unless weights are given and the mode asks for them.
    private let weights: [Float]
    private let skipCount: Int
    private let columnCount: Int

    static let definition = OperatorDefinition("TfIdfVectorizer", since: 9) { node throws(EngineError) in
        let skipCount = try node.required("max_skip_count", node.int("max_skip_count"))
        guard skipCount >= 0 else { throw .attribute("max_skip_count", skipCount, expected: "0 or more") }
        let starts = try node.required("ngram_counts", node.ints("ngram_counts"))
        let pool = try NgramPool(node, lengths: lengths(node, greatest: starts.count), starts: starts)
        let columns = try node.required("ngram_indexes", node.ints("ngram_indexes"))
        guard !columns.isEmpty, columns.count == pool.count else {
            throw EngineError(.attribute, "`ngram_indexes` has \(columns.count) elements, expected \(pool.count)")
        }
        if let column = columns.first(where: { !(0..<(1 << 31)).contains($0) }) {
            throw .attribute("ngram_indexes", column, expected: "0 to \((1 << 31) - 1)")
        }
        guard let mode = try node.string("mode").flatMap(Mode.init(rawValue:)) else {
            throw EngineError(.attribute, "attribute `mode` is none of `TF`, `IDF` and `TFIDF`")
        }
        let ones = [Float](repeating: 1, count: pool.count)
        let weights = mode == .frequency ? ones : try node.floats("weights") ?? ones
        guard weights.count == pool.count else {
            throw EngineError(.attribute, "`weights` has \(weights.count) elements, expected \(pool.count)")
        }
        return TfIdfVectorizer(
            mode: mode,
            pool: pool,
            columns: columns,
            weights: weights,
            skipCount: skipCount,
            columnCount: (columns.max() ?? 0) + 1
        )
    }

    private static func lengths(_ node: NodeContext, greatest: Int) throws(EngineError) -> ClosedRange<Int> {
        let least = try node.required("min_gram_length", node.int("min_gram_length"))
        let most = try node.required("max_gram_length", node.int("max_gram_length"))
        guard least >= 1, least <= most, most <= greatest else {
            throw EngineError(
                .attribute,
                "the lengths of n-grams are \(least) to \(most), expected some of 1 to \(greatest) as in `ngram_counts`"
            )
        }
        return least...most
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), shape.count <= 2 else { return [.tensor(.float)] }
        return [.tensor(.float, shape.prefix(shape.count == 2 ? 1 : 0) + [.fixed(columnCount)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let rank = input.shape.rank
        guard rank <= 2 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected [tokens] or [sequences, tokens]")
        }
        let tokens = try pool.tokens(of: input)
        let rowCount = rank == 2 ? input.shape[0] : 1
        let length = input.shape.dimensions.last ?? 1
        let shape = try call.shape((rank == 2 ? [rowCount] : []) + [columnCount])
        return [
            .tensor(
                try call.tensor(of: Float.self, shape, zeroed: true) { target in
                    for row in 0..<rowCount {
                        var counts = [Int](repeating: 0, count: columns.count)
                        pool.count(
                            in: tokens[(row * length)..<((row + 1) * length)],
                            skipCount: skipCount,
                            into: &counts
                        )
                        for (ngram, count) in counts.enumerated() where count > 0 {
                            let frequency = mode == .presence ? 1 : Float(count)
                            target[row * columnCount + columns[ngram]] += frequency * weights[ngram]
                        }
                    }
                }
            )
        ]
    }
}
