package import OnnxIR

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
    private var treeIDs: [Int64] = []
    private var nodeIDs: [Int64] = []
    private var features: [Int64] = []
    private var modes: [[UInt8]] = []
    private var thresholds: [Float] = []
    private var firstChildren: [Int64] = []
    private var secondChildren: [Int64] = []
    private var missingGoesFirst: [Int64] = []
    private var weightTrees: [Int64] = []
    private var weightNodes: [Int64] = []
    private var weightTargets: [Int64] = []
    private var weights: [Float] = []

    /// No trees yet, whose inner nodes all compare in the same way.
    package init(branch: Branch) {
        self.branch = branch
    }

    /// Whether there is no node.
    package var isEmpty: Bool { treeIDs.isEmpty }

    /// Adds an inner node; its children follow under their own numbers.
    package mutating func split(
        tree: Int,
        node: Int,
        feature: Int,
        threshold: Float,
        children: (first: Int, second: Int),
        missingGoesFirst: Bool
    ) {
        append(tree: tree, node: node, mode: branch.rawValue)
        features.append(Int64(feature))
        thresholds.append(threshold)
        firstChildren.append(Int64(children.first))
        secondChildren.append(Int64(children.second))
        self.missingGoesFirst.append(missingGoesFirst ? 1 : 0)
    }

    /// Adds a leaf with what it adds to each target; targets that get nothing need no entry.
    package mutating func leaf(tree: Int, node: Int, weights: [(target: Int, weight: Float)]) {
        append(tree: tree, node: node, mode: "LEAF")
        features.append(0)
        thresholds.append(0)
        firstChildren.append(0)
        secondChildren.append(0)
        missingGoesFirst.append(0)
        for (target, weight) in weights {
            weightTrees.append(Int64(tree))
            weightNodes.append(Int64(node))
            weightTargets.append(Int64(target))
            self.weights.append(weight)
        }
    }

    private mutating func append(tree: Int, node: Int, mode: String) {
        treeIDs.append(Int64(tree))
        nodeIDs.append(Int64(node))
        modes.append(Array(mode.utf8))
    }

    /// The attributes of a `TreeEnsembleRegressor` that sums.
    package func regressorAttributes(targetCount: Int, base: [Float]) -> [Attribute] {
        nodeAttributes + [
            Attribute("target_treeids", .ints(weightTrees)),
            Attribute("target_nodeids", .ints(weightNodes)),
            Attribute("target_ids", .ints(weightTargets)),
            Attribute("target_weights", .floats(weights)),
            Attribute("n_targets", .int(Int64(targetCount))),
            Attribute("aggregate_function", .string("SUM")),
            Attribute("post_transform", .string("NONE")),
        ] + (base.contains { $0 != 0 } ? [Attribute("base_values", .floats(base))] : [])
    }

    private var nodeAttributes: [Attribute] {
        [
            Attribute("nodes_treeids", .ints(treeIDs)),
            Attribute("nodes_nodeids", .ints(nodeIDs)),
            Attribute("nodes_featureids", .ints(features)),
            Attribute("nodes_modes", .strings(modes)),
            Attribute("nodes_values", .floats(thresholds)),
            Attribute("nodes_truenodeids", .ints(firstChildren)),
            Attribute("nodes_falsenodeids", .ints(secondChildren)),
            Attribute("nodes_missing_value_tracks_true", .ints(missingGoesFirst)),
        ]
    }
}

extension Float {
    /// The largest float that is not above a threshold: what is `<=` the threshold and a float is `<=` this.
    package init(roundedDown threshold: Double) {
        let nearest = Float(threshold)
        self = Double(nearest) > threshold ? nearest.nextDown : nearest
    }
}
