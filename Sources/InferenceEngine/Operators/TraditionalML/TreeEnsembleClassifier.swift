import Diagnostics
import OnnxIR
import Tensors

/// Labels and scores from the weights of the leaves that a sample falls into.
///
/// *Shapes*: `[samples, features] → labels [samples], scores [samples, classes]`. Where the leaves of two classes name
/// one class only, its score decides: above 0.5 when no weight is negative and nothing transforms it, above 0 else.
struct TreeEnsembleClassifier: Operator {
    let nodes: TreeNodes
    let leaves: TreeLeaves
    let labels: ClassLabels
    let transform: ScoreTransform

    static let definition = OperatorDefinition("TreeEnsembleClassifier", domain: .onnxML, since: 1, 3) {
        node throws(EngineError) in
        let nodes = try TreeNodes(node)
        let labels = try ClassLabels(node, integers: "classlabels_int64s", strings: "classlabels_strings")
        return TreeEnsembleClassifier(
            nodes: nodes,
            leaves: try TreeLeaves(
                node,
                prefix: "class",
                nodes: nodes,
                targetCount: labels.count,
                aggregate: .sum
            ),
            labels: labels,
            transform: try node.choice("post_transform", default: .none)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [
            .tensor(labels.elementType, [inputs.sampleExtent]),
            .tensor(.float, [inputs.sampleExtent, .fixed(labels.count)]),
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let samples = try Samples(call.tensor(0), call)
        try nodes.check(samples)
        let base = leaves.baseValues
        guard base.isEmpty || base.count == labels.count || (base.count == 1 && labels.count == 2) else {
            throw EngineError(.attribute, "`base_values` has \(base.count) elements, expected \(labels.count)")
        }
        var winners: [Int] = []
        var rows: [[Double]] = []
        try samples.checkScores(columns: labels.count, call)
        for sample in 0..<samples.count {
            var scores = leaves.scores(samples[sample], nodes)
            if labels.count == 2, leaves.usedTargets.count == 1, let target = leaves.usedTargets.first {
                let score = scores[target] + (base.last ?? 0)
                scores = leaves.isAllPositive && transform == .none ? [1 - score, score] : [-score, score]
            } else {
                for index in base.indices { scores[index] += base[index] }
            }
            winners.append(scores.indexOfLargest)
            transform.apply(&scores)
            rows.append(scores)
        }
        return [.tensor(try labels.select(winners)), .tensor(try call.matrix(rows, columns: labels.count))]
    }
}
