import Diagnostics
import OnnxIR
import Tensors

/// The joined weights of the leaves that a sample falls into, for each target.
///
/// *Shapes*: `[samples, features] → [samples, targets]`.
struct TreeEnsembleRegressor: Operator {
    let forest: Forest
    let base: [Double]
    let transform: ScoreTransform

    static let definition = OperatorDefinition("TreeEnsembleRegressor", domain: .onnxML, since: 1, 3, 5) {
        node throws(EngineError) in
        let targetCount = try node.targetCount()
        let base = try node.doubles("base_values") ?? []
        guard base.isEmpty || base.count == targetCount else {
            throw EngineError(.attribute, "`base_values` has \(base.count) elements, expected \(targetCount)")
        }
        return TreeEnsembleRegressor(
            forest: try Forest(
                node,
                prefix: "target",
                targetCount: targetCount,
                aggregate: node.choice("aggregate_function", default: .sum)
            ),
            base: base,
            transform: try node.choice("post_transform", default: .none)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.float, [inputs.sampleExtent, .fixed(forest.targetCount)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var rows = try forest.scores(Samples(call.tensor(0), call), call)
        for row in rows.indices {
            for index in base.indices { rows[row][index] += base[index] }
            transform.apply(&rows[row])
        }
        return [.tensor(try call.matrix(rows, columns: forest.targetCount))]
    }
}

extension NodeContext {
    /// `n_targets`, so small that a row of scores is no large thing.
    func targetCount() throws(EngineError) -> Int {
        let count = try required("n_targets", int("n_targets"))
        guard count > 0, count <= 1 << 20 else {
            throw .attribute("n_targets", count, expected: "1 to \(1 << 20)")
        }
        return count
    }
}
