import OnnxIR
package import Tensors

/// The nodes of trees, whose roots are their nodes 0.
package struct TreeEnsemble {
    /// When a sample goes to the first child.
    package enum Branch: String, Sendable {
        case lessOrEqual = "BRANCH_LEQ"
        case less = "BRANCH_LT"
    }

    let branch: Branch
    private let mode: [UInt8]
    private(set) var treeIDs: [Int64] = []
    private(set) var nodeIDs: [Int64] = []
    private(set) var features: [Int64] = []
    private var modes: [[UInt8]] = []
    private(set) var thresholds: [Double] = []
    private(set) var firstChildren: [Int64] = []
    private(set) var secondChildren: [Int64] = []
    private(set) var missingGoesFirst: [Int64] = []
    private(set) var weightTrees: [Int64] = []
    private(set) var weightNodes: [Int64] = []
    private(set) var weightTargets: [Int64] = []
    private(set) var weights: [Double] = []

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
    package mutating func leaf(tree: Int, node: Int, weights: [(target: Int, weight: Double)]) {
        append(tree: tree, node: node, mode: Self.leafMode)
        features.append(0)
        thresholds.append(0)
        firstChildren.append(0)
        secondChildren.append(0)
        missingGoesFirst.append(0)
        for (target, weight) in weights { self.weight(tree: tree, node: node, target: target, weight: weight) }
    }

    /// Adds to what a leaf adds to a target.
    mutating func weight(tree: Int, node: Int, target: Int, weight: Double) {
        weightTrees.append(Int64(tree))
        weightNodes.append(Int64(node))
        weightTargets.append(Int64(target))
        weights.append(weight)
    }

    /// Whether a place among the nodes is a leaf.
    func isLeaf(_ place: Int) -> Bool { modes[place] == Self.leafMode }

    private mutating func append(tree: Int, node: Int, mode: [UInt8]) {
        treeIDs.append(Int64(tree))
        nodeIDs.append(Int64(node))
        modes.append(mode)
    }

    /// Adds the node that sums the leaves which each sample reaches: `TreeEnsemble` from ai.onnx.ml 5 on, and
    /// `TreeEnsembleRegressor` before.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, targets]`.
    /// *Types*: `type`, which is float or double, to the same; `TreeEnsembleRegressor` gives float for both.
    package func sums(
        of input: String,
        type: ElementType,
        targetCount: Int,
        _ builder: inout GraphBuilder
    ) throws(TensorError) -> String {
        var ensemble = self
        if isEmpty { ensemble.leaf(tree: 0, node: 0, weights: [(0, 0)]) }
        guard !builder.opsets.hasTreeEnsemble else {
            let forest = SingleTargetForest(ensemble)
            let attributes = try forest.attributes(of: type, targetCount: targetCount)
            return builder.node("TreeEnsemble", domain: .onnxML, [input], attributes)
        }
        if type == .double { builder.require(onnxML: 3) }
        let attributes = try ensemble.regressorAttributes(of: type, targetCount: targetCount)
        return builder.node("TreeEnsembleRegressor", domain: .onnxML, [input], attributes)
    }

    /// The thresholds as floats on whose side every float stays.
    var floatThresholds: [Float] { thresholds.map(rounded) }

    private func regressorAttributes(of type: ElementType, targetCount: Int) throws(TensorError) -> [Attribute] {
        guard type == .double else {
            return attributes(
                targetCount: targetCount,
                thresholds: Attribute("nodes_values", .floats(floatThresholds)),
                weights: Attribute("target_weights", .floats(weights.map { Float($0) }))
            )
        }
        return attributes(
            targetCount: targetCount,
            thresholds: try .tensor("nodes_values_as_tensor", thresholds),
            weights: try .tensor("target_weights_as_tensor", weights)
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

extension Attribute {
    /// An attribute that is a vector of numbers.
    static func tensor<Element: TensorElement>(
        _ name: String,
        _ elements: [Element]
    ) throws(TensorError) -> Attribute {
        Attribute(name, .tensor(OnnxTensor(name: name, tensor: try Tensor(elements))))
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
