import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR

/// Trees whose values are averaged: one tree, or a forest.
///
/// *Source*: scikit-learn 0.24 to 1.9, `predict` of `DecisionTreeRegressor` and `ForestRegressor`.
struct TreeRegressor: Regressor {
    let trees: [DecisionTree]
    let outputCount: Int

    var predictsMatrix: Bool { outputCount > 1 }

    init(_ object: EstimatorObject, trees objects: [EstimatorObject]) throws(ModelImportError) {
        trees = try decisionTrees(objects, of: object)
        outputCount = trees[0].outputCount
        for tree in trees where tree.classCount != 1 || tree.outputCount != outputCount || outputCount == 0 {
            throw ModelImportError(
                .malformed,
                "a tree has \(tree.outputCount) outputs of \(tree.classCount) values, expected \(outputCount) of 1"
            )
        }
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.floats()
        var ensemble = TreeEnsemble(branch: .lessOrEqual)
        ensemble.reserveCapacity(trees.map(\.nodeCount).reduce(0, +))
        for (index, tree) in trees.enumerated() {
            tree.append(to: &ensemble, tree: index) { Array($0) }
        }
        let sums = try x.sums(of: ensemble, targetCount: outputCount)
        return trees.count > 1 ? try sums / Double(trees.count) : sums
    }
}
