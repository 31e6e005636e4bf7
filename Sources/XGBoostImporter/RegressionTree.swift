import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder

/// One tree of a booster.
///
/// *Source*: XGBoost's `doc/model.schema`: a sample goes left where its feature is below `split_conditions`, and where
/// the feature is missing and `default_left` is set; at a leaf, `split_conditions` is its value.
struct RegressionTree {
    let group: Int
    private let weight: Float
    private let left: [Int]
    private let right: [Int]
    private let features: [Int]
    private let conditions: [Float]
    private let defaultLeft: [Bool]
    /// The nodes that the root reaches, parents before children.
    private let reachable: [Int]

    init(_ tree: DocumentValue, group: Int, weight: Float, featureCount: Int) throws(ModelImportError) {
        self.group = group
        self.weight = weight
        let parameters = LearnerParameters(document: tree["tree_param"], name: "tree_param")
        let leafSize = try parameters.count("size_leaf_vector", fallback: 0, in: 0...1 << 20)
        guard leafSize <= 1 else {
            throw ModelImportError(.unsupported, "leaves of \(leafSize) values are not supported, expected 1")
        }
        left = try Self.integers(tree, "left_children", count: nil)
        right = try Self.integers(tree, "right_children", count: left.count)
        features = try Self.integers(tree, "split_indices", count: left.count)
        conditions = try Self.numbers(tree, "split_conditions", count: left.count).map { Float($0) }
        defaultLeft = try Self.numbers(tree, "default_left", count: left.count).map { $0 != 0 }
        if tree["split_type"] != nil,
            try Self.integers(tree, "split_type", count: left.count).contains(where: { $0 != 0 })
        {
            throw ModelImportError(.unsupported, "categorical splits are not supported, expected numerical ones")
        }
        reachable = try Self.reachable(left: left, right: right, features: features, featureCount: featureCount)
    }

    private static func numbers(_ tree: DocumentValue, _ name: String, count: Int?) throws(ModelImportError) -> [Double]
    {
        guard let numbers = tree[name]?.numbers else {
            throw ModelImportError(.malformed, "`\(name)` is not an array of numbers")
        }
        if let count, numbers.count != count {
            throw ModelImportError(
                .malformed,
                "`\(name)` has \(numbers.count) elements, expected \(count) from `left_children`"
            )
        }
        return numbers
    }

    private static func integers(_ tree: DocumentValue, _ name: String, count: Int?) throws(ModelImportError) -> [Int] {
        let numbers = try numbers(tree, name, count: count)
        let integers = numbers.compactMap { Int(exactly: $0) }
        guard integers.count == numbers.count else {
            throw ModelImportError(.malformed, "`\(name)` holds a number that is not whole")
        }
        return integers
    }

    private static func reachable(
        left: [Int],
        right: [Int],
        features: [Int],
        featureCount: Int
    ) throws(ModelImportError) -> [Int] {
        guard !left.isEmpty else { throw ModelImportError(.malformed, "the tree has no nodes, expected a root") }
        var isSeen = [Bool](repeating: false, count: left.count)
        var order = [0]
        isSeen[0] = true
        var next = 0
        while next < order.count {
            let node = order[next]
            next += 1
            guard left[node] != -1 else { continue }
            guard (0..<featureCount).contains(features[node]) else {
                throw ModelImportError(
                    .malformed,
                    "node \(node) splits feature \(features[node]), expected one of 0..<\(featureCount)"
                )
            }
            for child in [left[node], right[node]] {
                guard left.indices.contains(child), !isSeen[child] else {
                    throw ModelImportError(
                        .malformed,
                        "node \(node) has child \(child), expected another node of the tree that has no parent yet"
                    )
                }
                isSeen[child] = true
                order.append(child)
            }
        }
        return order
    }

    /// Adds the nodes to an ensemble.
    func append(to ensemble: inout TreeEnsemble, tree: Int) {
        for node in reachable {
            if left[node] == -1 {
                ensemble.leaf(tree: tree, node: node, weights: [(group, conditions[node] * weight)])
            } else {
                ensemble.split(
                    tree: tree,
                    node: node,
                    feature: features[node],
                    threshold: conditions[node],
                    children: (left[node], right[node]),
                    missingGoesFirst: defaultLeft[node]
                )
            }
        }
    }
}
