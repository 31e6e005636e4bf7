import Diagnostics
import Foundation
import ModelFormats
import ModelImport

extension EstimatorObject {
    /// How much each feature matters: the norm of its coefficients, or what splits on it gain.
    ///
    /// *Source*: scikit-learn 0.24 to 1.9, `coef_`, and `feature_importances_` of trees and forests.
    func importances(order: Double) throws(ModelImportError) -> [Double] {
        guard value["coef_"] == nil else {
            let (rows, columns, elements) = try matrix("coef_")
            return (0..<columns).map { column in
                norm((0..<rows).map { abs(elements[$0 * columns + column]) }, order)
            }
        }
        guard value["estimators_"] != nil else { return try treeImportances() }
        let trees = try nestedList("estimators_")
        _ = try FilledMatrix.elementCount("the matrix of importances", trees.count, featureCount() ?? 0)
        var sums: [Double] = []
        for tree in trees where try tree.splits {
            let own = try tree.treeImportances()
            sums = sums.isEmpty ? own : zip(sums, own).map { $0 + $1 }
        }
        guard let count = try featureCount(), !sums.isEmpty else {
            throw ModelImportError(.unsupported, "importances of `\(className)` are not supported")
        }
        let total = sums.reduce(0, +)
        return total == 0 ? [Double](repeating: 0, count: count) : sums.map { $0 / total }
    }

    private var splits: Bool {
        get throws(ModelImportError) {
            guard let tree = value["tree_"], let count = tree["node_count"]?.int else {
                throw ModelImportError(.unsupported, "importances of `\(className)` are not supported")
            }
            return count > 1
        }
    }

    private func norm(_ values: [Double], _ order: Double) -> Double {
        if values.count == 1 { return values[0] }
        if order == .infinity { return values.max() ?? 0 }
        if order == -.infinity { return values.min() ?? 0 }
        if order == 0 { return Double(values.filter { $0 != 0 }.count) }
        return pow(values.map { pow($0, order) }.reduce(0, +), 1 / order)
    }

    private func treeImportances() throws(ModelImportError) -> [Double] {
        guard let tree = value["tree_"], let count = try featureCount() else {
            throw ModelImportError(.unsupported, "importances of `\(className)` are not supported")
        }
        let columns = try importing { () throws(ModelFormatError) in
            let nodes = try tree["nodes"]?.numPyArray()
            return (
                left: try nodes?.column("left_child")?.integers(), right: try nodes?.column("right_child")?.integers(),
                feature: try nodes?.column("feature")?.integers(),
                weight: try nodes?.column("weighted_n_node_samples")?.doubles(),
                impurity: try nodes?.column("impurity")?.doubles()
            )
        }
        guard let left = columns.left, let right = columns.right, let feature = columns.feature,
            let weight = columns.weight, let impurity = columns.impurity
        else { throw ModelImportError(.malformed, "`nodes` lacks the impurity of its nodes") }
        var gains = [Double](repeating: 0, count: count)
        for node in left.indices where left[node] != -1 {
            guard left.indices.contains(left[node]), left.indices.contains(right[node]),
                gains.indices.contains(feature[node])
            else { throw ModelImportError(.malformed, "node \(node) of the tree has a child or feature outside of it") }
            gains[feature[node]] +=
                weight[node] * impurity[node] - weight[left[node]] * impurity[left[node]]
                - weight[right[node]] * impurity[right[node]]
        }
        let total = gains.reduce(0, +)
        return total > 0 ? gains.map { $0 / total } : gains
    }
}
