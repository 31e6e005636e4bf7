import Diagnostics
import OnnxIR
import Tensors

/// Labels and scores from the weights of the leaves that a sample falls into.
///
/// *Shapes*: `[samples, features] → labels [samples], scores [samples, classes]`. The class with the largest score has
/// the label. Where the leaves name one of two classes only, the score decides between them, as does that of a single
/// label between the label and none.
struct TreeEnsembleClassifier: Operator {
    let forest: Forest
    let base: [Double]
    let labels: ClassLabels
    let transform: ScoreTransform
    /// The class that all weights are for, where it is one of two.
    let onlyClass: Int?
    let isAllPositive: Bool

    static let definition = OperatorDefinition("TreeEnsembleClassifier", domain: .onnxML, since: 1, 3, 5) {
        node throws(EngineError) in
        let labels = try ClassLabels(node, integers: "classlabels_int64s", strings: "classlabels_strings")
        let base = try node.doubles("base_values") ?? []
        guard base.isEmpty || base.count == labels.count || (base.count == 1 && labels.count == 2) else {
            throw EngineError(.attribute, "`base_values` has \(base.count) elements, expected \(labels.count)")
        }
        let classes = Set(try node.ints("class_ids") ?? [])
        return TreeEnsembleClassifier(
            forest: try Forest(node, prefix: "class", targetCount: labels.count, aggregate: .sum),
            base: base,
            labels: labels,
            transform: try node.choice("post_transform", default: .none),
            onlyClass: labels.count == 2 && classes.count == 1 && base.count < 2 ? classes.first : nil,
            isAllPositive: try node.doubles("class_weights")?.allSatisfy { $0 >= 0 } ?? true
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { inputs.classified(labels) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var rows = try forest.scores(Samples(call.tensor(0), call), call)
        var winners: [Int?] = []
        for row in rows.indices {
            let winner = decide(&rows[row])
            winners.append(winner)
            transform.apply(&rows[row])
        }
        return [.tensor(try labels.select(winners)), .tensor(try call.matrix(rows, columns: labels.count))]
    }

    /// The class that the scores speak for, with the base values added to them.
    private func decide(_ scores: inout [Double]) -> Int? {
        guard let onlyClass else {
            for index in base.indices { scores[index] += base[index] }
            return labels.count == 1 ? (scores[0] > 0 ? 0 : nil) : scores.indexOfLargest
        }
        // SPEC: the standard says nothing of this case. The scores are those of onnxruntime without a transform; with one
        // it is applied to `-s` and `s`, and the label goes with the score that results.
        let score = scores[onlyClass] + (base.first ?? 0)
        let isProbability = transform == .probit || (transform == .none && isAllPositive)
        scores = [onlyClass == 1 ? 0 : isProbability ? 1 - score : -score, score]
        return score > (isProbability ? 0.5 : 0) ? 1 : 0
    }
}
