import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// Outliers by how few random splits isolate a sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `estimators_features_`, `offset_`, `_max_samples` (`max_samples_`
/// before 1.1).
struct IsolationForest: Labeller {
    let trees: [(tree: DecisionTree, features: [Int], sampleCounts: [Int])]
    let offset: Double
    let sampleCount: Int

    static let entry = EstimatorEntry("sklearn.ensemble.IsolationForest") { object throws(ModelImportError) in
        .labeller(try IsolationForest(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let objects = try object.nestedList("estimators_")
        let subsets = try object.featureSubsets(count: objects.count)
        var trees: [(tree: DecisionTree, features: [Int], sampleCounts: [Int])] = []
        for (index, (estimator, features)) in zip(objects, subsets).enumerated() {
            let place = Place.item("tree", "\(index)", estimator.className)
            let tree = try locating(place) { () throws(ModelImportError) in
                try DecisionTree(estimator, featureCount: features.count)
            }
            let counts = try importing { () throws(ModelFormatError) in
                try estimator.value["tree_"]?["nodes"]?.numPyArray()?.column("n_node_samples")?.integers()
            }
            guard let counts, counts.count == tree.nodeCount else {
                throw ModelImportError(.malformed, at: place, "`nodes` lacks `n_node_samples`")
            }
            trees.append((tree, features, counts))
        }
        guard !trees.isEmpty else { throw ModelImportError(.malformed, "there are no trees, expected at least one") }
        self.trees = trees
        offset = try object.double("offset_")
        sampleCount = try object.int(object.value["max_samples_"] == nil ? "_max_samples" : "max_samples_")
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        var sums = LeafSums(targetCount: 1)
        for (index, (tree, features, counts)) in trees.enumerated() {
            let depths = tree.depths
            tree.append(to: &sums, tree: index, target: 0, features: features) { node in
                Double(depths[node]) + pathLength(counts[node])
            }
        }
        let depth = try sums(try input.floats())
        let denominator = Double(trees.count) * pathLength(sampleCount)
        // SPEC: where no split was possible, the score is that of a depth of nothing.
        let exponent = try denominator == 0 ? depth * 0 - 1 : depth * (-1 / denominator)
        let scores = try -(exponent * 0.6931471805599453).exp()
        return try Labelling(scores: scores, offset: offset)
    }

    /// The mean number of splits that isolate one of `count` samples.
    private func pathLength(_ count: Int) -> Double {
        switch count {
        case ...1: 0
        case 2: 1
        default: 2 * (log(Double(count) - 1) + 0.5772156649015329) - 2 * (Double(count) - 1) / Double(count)
        }
    }
}

extension DecisionTree {
    /// The number of splits above each node.
    var depths: [Int] {
        var depths = [Int](repeating: 0, count: nodeCount)
        for node in 0..<nodeCount where !isLeaf(node) {
            let children = children(of: node)
            depths[children.left] = depths[node] + 1
            depths[children.right] = depths[node] + 1
        }
        return depths
    }
}
