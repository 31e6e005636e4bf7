package import OnnxIR
package import Tensors

/// The nodes of trees in the form of `TreeEnsembleRegressor`.
///
/// *Source*: ai.onnx.ml 1 and 3.
package struct TreeEnsemble {
    /// When a sample goes to the first child.
    package enum Branch: String, Sendable {
        case lessOrEqual = "BRANCH_LEQ"
        case less = "BRANCH_LT"
    }

    private let branch: Branch
    private let mode: [UInt8]
    private var treeIDs: [Int64] = []
    private var nodeIDs: [Int64] = []
    private var features: [Int64] = []
    private var modes: [[UInt8]] = []
    private var thresholds: [Double] = []
    private var firstChildren: [Int64] = []
    private var secondChildren: [Int64] = []
    private var missingGoesFirst: [Int64] = []
    private var weightTrees: [Int64] = []
    private var weightNodes: [Int64] = []
    private var weightTargets: [Int64] = []
    private var weights: [Float] = []

    private static let leafMode = Array("LEAF".utf8)

    /// No trees yet, whose inner nodes all compare in the same way.
    package init(branch: Branch) {
        self.branch = branch
        mode = Array(branch.rawValue.utf8)
    }

    /// Whether there is no node.
    package var isEmpty: Bool { treeIDs.isEmpty }

    /// Makes room for nodes, half of which are leaves.
    package mutating func reserveCapacity(_ nodeCount: Int) {
        treeIDs.reserveCapacity(nodeCount)
        nodeIDs.reserveCapacity(nodeCount)
        features.reserveCapacity(nodeCount)
        modes.reserveCapacity(nodeCount)
        thresholds.reserveCapacity(nodeCount)
        firstChildren.reserveCapacity(nodeCount)
        secondChildren.reserveCapacity(nodeCount)
        missingGoesFirst.reserveCapacity(nodeCount)
        weightTrees.reserveCapacity(nodeCount / 2)
        weightNodes.reserveCapacity(nodeCount / 2)
        weightTargets.reserveCapacity(nodeCount / 2)
        weights.reserveCapacity(nodeCount / 2)
    }

    /// Adds an inner node; its children follow under their own numbers.
    package mutating func split(
        tree: Int,
        node: Int,
        feature: Int,
        threshold: Float,
        children: (first: Int, second: Int),
        missingGoesFirst: Bool
    ) {
        split(
            tree: tree,
            node: node,
            feature: feature,
            threshold: Double(threshold),
            children: children,
            missingGoesFirst: missingGoesFirst
        )
    }

    /// Adds an inner node with a threshold that need not be a float.
    ///
    /// *Numerics*: where features are floats, the threshold is rounded to the side on which they decide the same.
    package mutating func split(
        tree: Int,
        node: Int,
        feature: Int,
        threshold: Double,
        children: (first: Int, second: Int),
        missingGoesFirst: Bool
    ) {
        append(tree: tree, node: node, mode: mode)
        features.append(Int64(feature))
        thresholds.append(threshold)
        firstChildren.append(Int64(children.first))
        secondChildren.append(Int64(children.second))
        self.missingGoesFirst.append(missingGoesFirst ? 1 : 0)
    }

    /// Adds a leaf with what it adds to each target; targets that get nothing need no entry.
    package mutating func leaf(tree: Int, node: Int, weights: [(target: Int, weight: Float)]) {
        append(tree: tree, node: node, mode: Self.leafMode)
        features.append(0)
        thresholds.append(0)
        firstChildren.append(0)
        secondChildren.append(0)
        missingGoesFirst.append(0)
        for (target, weight) in weights { self.weight(tree: tree, node: node, target: target, weight: weight) }
    }

    /// Adds to what a leaf adds to a target.
    mutating func weight(tree: Int, node: Int, target: Int, weight: Float) {
        weightTrees.append(Int64(tree))
        weightNodes.append(Int64(node))
        weightTargets.append(Int64(target))
        weights.append(weight)
    }

    private mutating func append(tree: Int, node: Int, mode: [UInt8]) {
        treeIDs.append(Int64(tree))
        nodeIDs.append(Int64(node))
        modes.append(mode)
    }

    /// The attributes of a `TreeEnsembleRegressor` that sums, for features that are floats.
    package func regressorAttributes(targetCount: Int, base: [Float]) -> [Attribute] {
        attributes(
            targetCount: targetCount,
            thresholds: Attribute("nodes_values", .floats(thresholds.map(rounded))),
            weights: Attribute("target_weights", .floats(weights))
        ) + (base.contains { $0 != 0 } ? [Attribute("base_values", .floats(base))] : [])
    }

    /// The attributes of a `TreeEnsembleRegressor` that sums, for features that are doubles.
    package func doubleRegressorAttributes(targetCount: Int) throws(TensorError) -> [Attribute] {
        func attribute(_ name: String, _ values: [Double]) throws(TensorError) -> Attribute {
            Attribute(name, .tensor(OnnxTensor(name: name, tensor: try Tensor(values))))
        }
        return attributes(
            targetCount: targetCount,
            thresholds: try attribute("nodes_values_as_tensor", thresholds),
            weights: try attribute("target_weights_as_tensor", weights.map { Double($0) })
        )
    }

    private func rounded(_ threshold: Double) -> Float {
        switch branch {
        case .lessOrEqual: Float(roundedDown: threshold)
        case .less: Float(roundedUp: threshold)
        }
    }

    private func attributes(targetCount: Int, thresholds: Attribute, weights: Attribute) -> [Attribute] {
        [
            Attribute("nodes_treeids", .ints(treeIDs)),
            Attribute("nodes_nodeids", .ints(nodeIDs)),
            Attribute("nodes_featureids", .ints(features)),
            Attribute("nodes_modes", .strings(modes)),
            thresholds,
            Attribute("nodes_truenodeids", .ints(firstChildren)),
            Attribute("nodes_falsenodeids", .ints(secondChildren)),
            Attribute("nodes_missing_value_tracks_true", .ints(missingGoesFirst)),
            Attribute("target_treeids", .ints(weightTrees)),
            Attribute("target_nodeids", .ints(weightNodes)),
            Attribute("target_ids", .ints(weightTargets)),
            weights,
            Attribute("n_targets", .int(Int64(targetCount))),
            Attribute("aggregate_function", .string("SUM")),
            Attribute("post_transform", .string("NONE")),
        ]
    }
}

extension Float {
    /// The largest float that is not above a threshold: what is `<=` the threshold and a float is `<=` this.
    package init(roundedDown threshold: Double) {
        let nearest = Float(threshold)
        self = Double(nearest) > threshold ? nearest.nextDown : nearest
    }

    /// The smallest float that is not below a threshold: what is `<` the threshold and a float is `<` this.
    package init(roundedUp threshold: Double) {
        let nearest = Float(threshold)
        self = Double(nearest) < threshold ? nearest.nextUp : nearest
    }
}
