import CKernels
import Glibc
import Tensors

/// The scores of rows by a compiled forest; inputs are the rows, the forest and, where there are any, base values.
struct TreeKernel: Kernel {
    let rows: Int
    let features: Int
    let hasBase: Bool
    let treeCount: Int
    let scratchByteCount: Int

    var label: String { "trees \(rows) rows × \(treeCount)" }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let forest = call.input(1, as: UInt8.self), let scores = call.output(0)
        else { return }
        let base = hasBase ? call.input(2) : nil
        call.tables.kernels.pointee.f32_tree_scores(
            forest,
            rows,
            x,
            features,
            base,
            scores,
            call.scratch,
            call.tables.pool
        )
    }
}

/// Labels and scores as a classifier gives them, from the scores of its trees.
struct ClassDecisionKernel: Kernel {
    let rows: Int
    let labels: [Int64]
    /// The class that all weights are for, where it is one of two.
    let onlyClass: Int?
    let isAllPositive: Bool
    let transform: ScoreTransform
    /// Which of labels and scores are outputs, by their numbers.
    let labelOutput: Int?
    let scoreOutput: Int?

    var label: String { "classes \(rows)×\(labels.count)" }
    var scratchByteCount: Int { labels.count * MemoryLayout<Float>.stride }

    func run(_ call: borrowing KernelCall) {
        guard let scores = call.input(0), let scratch = call.scratch?.assumingMemoryBound(to: Float.self)
        else { return }
        let count = labels.count
        for row in 0..<rows {
            let target = scoreOutput.flatMap { call.output($0) }.map { $0 + row * count } ?? scratch
            memcpy(target, scores + row * count, count * MemoryLayout<Float>.stride)
            let winner = decide(target)
            if let labelOutput, let all = call.output(labelOutput, as: Int64.self) {
                all[row] = winner < 0 ? 0 : labels[winner]
            }
            transformed(target)
        }
    }

    /// The class that the scores speak for; -1 for none.
    private func decide(_ scores: UnsafeMutablePointer<Float>) -> Int {
        guard let onlyClass else {
            guard labels.count > 1 else { return scores[0] > 0 ? 0 : -1 }
            var best = 0
            for index in 1..<labels.count where scores[index] > scores[best] { best = index }
            return best
        }
        let score = scores[onlyClass]
        let isProbability = transform == .probit || (transform == .none && isAllPositive)
        scores[0] = onlyClass == 1 ? 0 : isProbability ? 1 - score : -score
        scores[1] = score
        return score > (isProbability ? 0.5 : 0) ? 1 : 0
    }

    private func transformed(_ scores: UnsafeMutablePointer<Float>) {
        switch transform {
        case .logistic:
            for index in labels.indices { scores[index] = 1 / (1 + expf(-scores[index])) }
        case .softmax:
            var largest = scores[0]
            for index in labels.indices { largest = max(largest, scores[index]) }
            var sum: Float = 0
            for index in labels.indices {
                scores[index] = expf(scores[index] - largest)
                sum += scores[index]
            }
            for index in labels.indices { scores[index] /= sum }
        default: return
        }
    }
}
