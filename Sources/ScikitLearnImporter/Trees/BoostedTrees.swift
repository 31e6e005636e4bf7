import Diagnostics
import ModelFormats
import ModelImport

/// The trees of gradient boosting, added to a first prediction.
///
/// *Source*: scikit-learn 0.24 to 1.9, `GradientBoosting*`: `estimators_` (stages by outputs), `learning_rate`.
struct BoostedTrees {
    let trees: [DecisionTree]
    let outputCount: Int
    let rate: Double

    init(_ object: EstimatorObject) throws(ModelImportError) {
        guard let array = object.value["estimators_"] else {
            throw ModelImportError(.malformed, "`estimators_` is missing, expected trees")
        }
        trees = try decisionTrees(try object.nestedList("estimators_"), of: object)
        outputCount = try object.columnCount(of: array)
        rate = try object.double("learning_rate")
        guard trees.allSatisfy({ $0.outputCount == 1 && $0.classCount == 1 }), trees.count % outputCount == 0 else {
            throw ModelImportError(
                .malformed,
                "`estimators_` holds trees of several values, expected one number in a leaf"
            )
        }
    }

    /// The sums of the stages: `[batch, outputs]` in double.
    func sums(_ input: Table) throws(ModelImportError) -> Matrix {
        var sums = LeafSums(targetCount: outputCount)
        for (index, tree) in trees.enumerated() {
            tree.append(to: &sums, tree: index, target: index % outputCount) { node in
                rate * (tree.values(of: node).first ?? 0)
            }
        }
        return try sums(try input.floats())
    }
}
