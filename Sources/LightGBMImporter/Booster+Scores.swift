import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

extension Booster {
    /// Adds the nodes that sum, or average, the leaves which each sample reaches.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, groups]`.
    /// *Types*: float or double to double.
    func scores(
        of features: String,
        type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let columns = try SplitColumns(featureCount: featureCount, sources: trees.flatMap(\.derivedColumns))
        let matrix = try columns.matrix(of: features, type: type, &builder)
        let linear = LinearTargets(trees: trees, groupCount: groupCount)
        var sum = TreeSum(branch: .lessOrEqual)
        for (index, tree) in trees.enumerated() {
            tree.append(to: &sum, tree: index, group: index % groupCount, columns: columns, linear: linear)
        }
        var scores = try importing { () throws(TensorError) in
            try sum.sums(of: matrix, type: type, targetCount: linear.targetCount, &builder)
        }
        scores = try linear.evaluated(scores, features: features, &builder)
        let iterationCount = trees.count / groupCount
        guard isAverage, iterationCount > 1 else { return scores }
        let count = try builder.scalar(Double(iterationCount), of: .double, name: "iterations")
        return builder.node("Div", [scores, count])
    }
}
