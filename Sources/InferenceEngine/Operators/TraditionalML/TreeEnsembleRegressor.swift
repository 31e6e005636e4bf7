import Diagnostics
import OnnxIR
import Tensors

/// The joined weights of the leaves that a sample falls into, for each target.
///
/// *Shapes*: `[samples, features] → [samples, targets]`.
struct TreeEnsembleRegressor: Operator {
    let nodes: TreeNodes
    let leaves: TreeLeaves
    let transform: ScoreTransform

    static let definition = OperatorDefinition("TreeEnsembleRegressor", domain: .onnxML, since: 1, 3) {
        node throws(EngineError) in
        let nodes = try TreeNodes(node)
        let targetCount = try node.required("n_targets", node.int("n_targets"))
        guard targetCount > 0, targetCount <= 1 << 20 else {
            throw .attribute("n_targets", targetCount, expected: "1 to \(1 << 20)")
        }
        return TreeEnsembleRegressor(
            nodes: nodes,
            leaves: try TreeLeaves(
                node,
                prefix: "target",
                nodes: nodes,
                targetCount: targetCount,
                aggregate: try node.choice("aggregate_function", default: .sum)
            ),
            transform: try node.choice("post_transform", default: .none)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.float, [inputs.sampleExtent, .fixed(leaves.targetCount)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let samples = try Samples(call.tensor(0), call)
        try nodes.check(samples)
        let base = leaves.baseValues
        guard base.isEmpty || base.count == leaves.targetCount else {
            throw EngineError(.attribute, "`base_values` has \(base.count) elements, expected \(leaves.targetCount)")
        }
        var rows: [[Double]] = []
        try samples.checkScores(columns: leaves.targetCount, call)
        for sample in 0..<samples.count {
            var scores = leaves.scores(samples[sample], nodes)
            for index in base.indices { scores[index] += base[index] }
            transform.apply(&scores)
            rows.append(scores)
        }
        return [.tensor(try call.matrix(rows, columns: leaves.targetCount))]
    }
}

extension TreeNodes {
    /// *Throws*: `shape` when the samples lack a feature that a node asks for.
    func check(_ samples: Samples) throws(EngineError) {
        guard featureCount <= samples.featureCount else {
            throw EngineError(.shape, "input has \(samples.featureCount) features, expected at least \(featureCount)")
        }
    }
}
