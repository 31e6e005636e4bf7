import Diagnostics
import Glibc
import OnnxIR

/// The decisions of a support-vector machine between each two of its classes.
struct SVMPairs: Sendable {
    let vectors: SupportVectors
    /// The vectors of each class.
    private let ranges: [Range<Int>]
    /// A row for each class but one, with a coefficient for each vector: what a vector of one class says for it against
    /// another stands in the row of that other, and in the row before where the other comes after its own.
    private let coefficients: [Float]
    private let intercepts: [Float]
    /// The slopes and offsets of the sigmoids that make probabilities of decisions; none for bare decisions.
    private let sigmoids: [(slope: Double, offset: Double)]

    private var classCount: Int { ranges.count }
    private var pairCount: Int { intercepts.count }

    /// Scores of a sample.
    var scoreCount: Int { sigmoids.isEmpty ? max(2, pairCount) : classCount }

    /// *Throws*: `attribute` when the counts do not suit one another.
    init(
        _ node: NodeContext,
        _ counts: [Int],
        _ coefficients: [Float],
        _ intercepts: [Float],
        _ labels: ClassLabels
    ) throws(EngineError) {
        guard counts.count == labels.count, counts.count > 1 else {
            throw EngineError(
                .attribute,
                "`vectors_per_class` has \(counts.count) elements, expected \(labels.count) and 2 at least"
            )
        }
        var ranges: [Range<Int>] = []
        for count in counts {
            let start = ranges.last?.upperBound ?? 0
            guard (0..<(1 << 31)).contains(count) else {
                throw .attribute("vectors_per_class", count, expected: "0 to \((1 << 31) - 1)")
            }
            ranges.append(start..<(start + count))
        }
        self.ranges = ranges
        vectors = try SupportVectors(node, count: ranges.last?.upperBound ?? 0)
        let pairCount = counts.count * (counts.count - 1) / 2
        let (slopes, offsets) = (try node.floats("prob_a") ?? [], try node.floats("prob_b") ?? [])
        let sigmoidCount = slopes.isEmpty && offsets.isEmpty ? 0 : pairCount
        for (name, count, expected) in [
            ("coefficients", coefficients.count, (counts.count - 1) * vectors.count),
            ("rho", intercepts.count, pairCount), ("prob_a", slopes.count, sigmoidCount),
            ("prob_b", offsets.count, sigmoidCount),
        ] where count != expected {
            throw EngineError(.attribute, "`\(name)` has \(count) elements, expected \(expected)")
        }
        self.coefficients = coefficients
        self.intercepts = intercepts
        sigmoids = zip(slopes, offsets).map { (slope: Double($0), offset: Double($1)) }
    }

    /// The class that most decisions are for, and the scores of a sample.
    func judge(_ sample: ArraySlice<Double>) -> (winner: Int, scores: [Double]) {
        let kernels = vectors.apply(sample)
        var votes = [Double](repeating: 0, count: classCount)
        var decisions: [Double] = []
        for first in 0..<classCount {
            for second in (first + 1)..<classCount {
                let decision =
                    sum(kernels, ranges[first], row: second - 1) + sum(kernels, ranges[second], row: first)
                    + Double(intercepts[decisions.count])
                votes[decision > 0 ? first : second] += 1
                decisions.append(decision)
            }
        }
        let winner = votes.indexOfLargest
        if !sigmoids.isEmpty { return (winner, probabilities(decisions)) }
        return (winner, classCount == 2 ? [-decisions[0], decisions[0]] : decisions)
    }

    private func sum(_ kernels: [Double], _ range: Range<Int>, row: Int) -> Double {
        range.reduce(0) { $0 + kernels[$1] * Double(coefficients[row * vectors.count + $1]) }
    }

    private func probabilities(_ decisions: [Double]) -> [Double] {
        var pairwise = [[Double]](repeating: [Double](repeating: 0, count: classCount), count: classCount)
        var pair = 0
        for first in 0..<classCount {
            for second in (first + 1)..<classCount {
                let (slope, offset) = sigmoids[pair]
                let probability = 1 / (1 + exp(decisions[pair] * slope + offset))
                pairwise[first][second] = min(max(probability, 1e-7), 1 - 1e-7)
                pairwise[second][first] = 1 - pairwise[first][second]
                pair += 1
            }
        }
        return Self.coupled(pairwise)
    }

    /// Probabilities of classes from those of each class against each other.
    ///
    /// NUMERICS: the second method of Wu, Lin and Weng, "Probability Estimates for Multi-class Classification by Pairwise
    /// Coupling" (2004), which libsvm has made the meaning of these numbers; it solves for the `p` that minimises
    /// `Σ (r[j][i] p[i] - r[i][j] p[j])²`, here one class after the other until none is off by 0.005 / classes.
    private static func coupled(_ r: [[Double]]) -> [Double] {
        let count = r.count
        var q = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for row in 0..<count {
            for column in 0..<count where column != row {
                q[row][row] += r[column][row] * r[column][row]
                q[row][column] = -r[column][row] * r[row][column]
            }
        }
        var p = [Double](repeating: 1 / Double(count), count: count)
        for _ in 0..<max(100, count) {
            var gradient = q.map { row in zip(row, p).reduce(0) { $0 + $1.0 * $1.1 } }
            var value = zip(p, gradient).reduce(0) { $0 + $1.0 * $1.1 }
            if gradient.allSatisfy({ ($0 - value).magnitude < 0.005 / Double(count) }) { break }
            for row in 0..<count {
                let step = (value - gradient[row]) / q[row][row]
                let scale = 1 + step
                value = (value + step * (step * q[row][row] + 2 * gradient[row])) / (scale * scale)
                p[row] += step
                for column in 0..<count {
                    p[column] /= scale
                    gradient[column] = (gradient[column] + step * q[row][column]) / scale
                }
            }
        }
        return p
    }
}
