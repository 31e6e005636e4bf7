import Diagnostics
import OnnxIR
import Tensors

/// The n-grams that a `TfIdfVectorizer` knows, as a tree along their tokens, so that a sequence is looked up token by
/// token whatever the size of the pool.
struct NgramPool: Sendable {
    /// The tokens that n-grams are made of, numbered.
    private enum Tokens: Sendable {
        case integers([Int: Int])
        case texts([ExactText: Int])
    }

    private struct Edge: Hashable, Sendable {
        let node: Int
        let token: Int
    }

    /// The number of a token that is in no n-gram.
    private static let unknownToken = -1
    private static let root = 0

    private let tokens: Tokens
    /// Where a token leads from a node.
    private var children: [Edge: Int] = [:]
    /// For each node the n-gram that ends there.
    private var ngrams: [Int?] = [nil]
    private let lengths: ClosedRange<Int>
    /// All n-grams of the pool, those outside of the lengths included.
    private(set) var count = 0

    /// The n-grams of these lengths from the `pool_…` attribute that is given.
    ///
    /// *Throws*: `attribute` when both or none are given, when the starts of the lengths do not ascend within the pool,
    /// or when an n-gram stands twice.
    init(_ node: NodeContext, lengths: ClosedRange<Int>, starts: [Int]) throws(EngineError) {
        let integers = try node.ints("pool_int64s") ?? []
        let texts = try node.strings("pool_strings") ?? []
        guard integers.isEmpty != texts.isEmpty else {
            throw EngineError(.attribute, "both or none of `pool_int64s` and `pool_strings` are given, expected one")
        }
        self.lengths = lengths
        let pool: [Int]
        if texts.isEmpty {
            let (numbers, places) = Self.number(integers)
            (tokens, pool) = (.integers(numbers), places)
        } else {
            let (numbers, places) = Self.number(texts.map { ExactText($0) })
            (tokens, pool) = (.texts(numbers), places)
        }
        for (index, start) in starts.enumerated() {
            let length = index + 1
            let end = length < starts.count ? starts[length] : pool.count
            guard start >= 0, start <= end, end <= pool.count, (end - start) % length == 0 else {
                throw EngineError(
                    .attribute,
                    "`ngram_counts` gives \(length)-grams the part \(start) to \(end) of a pool of \(pool.count)"
                )
            }
            for first in stride(from: start, to: end, by: length) {
                if lengths.contains(length) { try insert(pool[first..<(first + length)]) }
                count += 1
            }
        }
    }

    private static func number<Token: Hashable>(_ pool: [Token]) -> (numbers: [Token: Int], places: [Int]) {
        var numbers: [Token: Int] = [:]
        let places = pool.map { token in
            let number = numbers[token] ?? numbers.count
            numbers[token] = number
            return number
        }
        return (numbers, places)
    }

    /// Adds the next n-gram.
    private mutating func insert(_ tokens: ArraySlice<Int>) throws(EngineError) {
        var node = Self.root
        for token in tokens {
            let edge = Edge(node: node, token: token)
            node = children[edge] ?? ngrams.count
            if node == ngrams.count {
                children[edge] = node
                ngrams.append(nil)
            }
        }
        guard ngrams[node] == nil else {
            throw EngineError(.attribute, "n-gram \(count) of the pool stands in it before")
        }
        ngrams[node] = count
    }

    /// The elements of a tensor as numbers of tokens.
    ///
    /// *Throws*: `input` when it does not hold what the pool does.
    func tokens(of tensor: Tensor) throws(EngineError) -> [Int] {
        switch tokens {
        case .integers(let numbers):
            guard tensor.elementType == .int64 || tensor.elementType == .int32 else {
                throw .input(tensor, expected: "integers, as the pool does")
            }
            return try tensor.integers("input 0").map { numbers[$0] ?? Self.unknownToken }
        case .texts(let numbers):
            guard tensor.elementType == .string else { throw .input(tensor, expected: "strings, as the pool does") }
            return try tensor.stringElements().map { numbers[ExactText($0)] ?? Self.unknownToken }
        }
    }

    /// Counts the n-grams in a sequence whose tokens are next to one another, or apart with up to `skipCount` between.
    func count(in sequence: ArraySlice<Int>, skipCount: Int, into counts: inout [Int]) {
        for distance in 1...(min(skipCount, sequence.count) + 1) {
            // A single token is apart from none, and counts once.
            let shortest = distance == 1 ? lengths.lowerBound : max(2, lengths.lowerBound)
            let reach = (shortest - 1) * distance
            guard shortest <= lengths.upperBound, reach < sequence.count else { return }
            for start in sequence.startIndex..<(sequence.endIndex - reach) {
                var node = Self.root
                var length = 0
                for place in stride(from: start, to: sequence.endIndex, by: distance) {
                    guard let next = children[Edge(node: node, token: sequence[place])] else { break }
                    node = next
                    length += 1
                    if length >= shortest, let ngram = ngrams[node] { counts[ngram] += 1 }
                }
            }
        }
    }
}

extension EngineError {
    static func input(_ tensor: Tensor, expected: String) -> EngineError {
        EngineError(.input, "input 0 holds `\(tensor.elementType.name)`, expected \(expected)")
    }
}
