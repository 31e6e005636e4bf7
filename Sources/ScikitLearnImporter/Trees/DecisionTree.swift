import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import Tensors

/// The nodes of a fitted `sklearn.tree._tree.Tree`.
///
/// *Source*: scikit-learn 0.24 to 1.9, `Tree.__getstate__`: `nodes`, an array of records, and `values`, of shape
/// `[nodes, outputs, classes]`; `missing_go_to_left` since 1.3.
struct DecisionTree {
    // Forests have millions of nodes: 32 bits hold the numbers of nodes and features of one tree.
    private let leftChildren: [Int32]
    private let rightChildren: [Int32]
    private let features: [Int32]
    private let missing: [Bool]?
    let thresholds: [Double]
    let outputCount: Int
    let classCount: Int
    let values: [Double]

    var nodeCount: Int { leftChildren.count }

    /// The tree of a `DecisionTree…` estimator, that is in its attribute `tree_`.
    init(_ estimator: EstimatorObject, featureCount: Int) throws(ModelImportError) {
        guard let tree = estimator.value["tree_"] else {
            throw ModelImportError(.malformed, "`tree_` is missing, expected a fitted tree")
        }
        let parts = try locating(.item("attribute", "tree_")) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try Self.parts(of: tree) }
        }
        leftChildren = parts.left.map { Int32(clamping: $0) }
        rightChildren = parts.right.map { Int32(clamping: $0) }
        features = parts.feature.map { Int32(clamping: $0) }
        missing = parts.missing?.map { $0 != 0 }
        thresholds = parts.threshold
        (outputCount, classCount, values) = (parts.extents.outputs, parts.extents.classes, parts.values)
        try validate(featureCount: featureCount)
    }

    private struct Parts {
        var left: [Int], right: [Int], feature: [Int]
        var threshold: [Double]
        var missing: [Int]?
        var extents: (outputs: Int, classes: Int)
        var values: [Double]
    }

    private static func parts(of tree: PickleValue) throws(ModelFormatError) -> Parts {
        guard let nodes = try tree["nodes"]?.numPyArray(), let values = try tree["values"]?.numPyArray(),
            nodes.shape.rank == 1, values.shape.rank == 3
        else { throw ModelFormatError(.malformed, "`nodes` or `values` is not an array, expected those of a tree") }
        guard let left = try nodes.column("left_child")?.integers(),
            let right = try nodes.column("right_child")?.integers(),
            let feature = try nodes.column("feature")?.integers(),
            let threshold = try nodes.column("threshold")?.doubles()
        else {
            throw ModelFormatError(.malformed, "`nodes` lacks `left_child`, `right_child`, `feature` or `threshold`")
        }
        guard values.shape[0] == left.count, !left.isEmpty else {
            throw ModelFormatError(
                .malformed,
                "`values` has \(values.shape[0]) rows, expected \(left.count) from `nodes`"
            )
        }
        return Parts(
            left: left,
            right: right,
            feature: feature,
            threshold: threshold,
            missing: try nodes.column("missing_go_to_left")?.integers(),
            extents: (values.shape[1], values.shape[2]),
            values: try values.doubles()
        )
    }

    private func validate(featureCount: Int) throws(ModelImportError) {
        var parents = TreeParents(nodeCount: nodeCount)
        for node in 0..<nodeCount where !isLeaf(node) {
            let children = children(of: node)
            for child in [children.left, children.right] { try parents.add(node, of: child) }
            guard (0..<featureCount).contains(feature(of: node)) else {
                throw ModelImportError(
                    .malformed,
                    "node \(node) of the tree splits feature \(feature(of: node)), expected one of 0..<\(featureCount)"
                )
            }
            guard !thresholds[node].isNaN else {
                throw ModelImportError(.malformed, "node \(node) of the tree has the threshold NaN")
            }
        }
    }

    func isLeaf(_ node: Int) -> Bool { leftChildren[node] == -1 }

    func children(of node: Int) -> (left: Int, right: Int) { (Int(leftChildren[node]), Int(rightChildren[node])) }

    func feature(of node: Int) -> Int { Int(features[node]) }

    func missingGoesLeft(at node: Int) -> Bool { missing?[node] ?? false }

    /// The values of a node, output by output.
    func values(of node: Int) -> ArraySlice<Double> {
        values[node * outputCount * classCount..<(node + 1) * outputCount * classCount]
    }

    /// Adds the tree to an ensemble, with the leaf weights that `weights` makes of a node's values.
    func append(to ensemble: inout TreeEnsemble, tree: Int, weights: (ArraySlice<Double>) -> [Double]) {
        for node in 0..<nodeCount {
            if isLeaf(node) {
                let weights = weights(values(of: node)).enumerated().filter { $0.element != 0 }
                    .map { (target: $0.offset, weight: $0.element) }
                ensemble.leaf(tree: tree, node: node, weights: weights.isEmpty ? [(0, 0)] : weights)
            } else {
                ensemble.split(
                    tree: tree,
                    node: node,
                    feature: feature(of: node),
                    threshold: thresholds[node],
                    children: (children(of: node).left, children(of: node).right),
                    missingGoesFirst: missingGoesLeft(at: node)
                )
            }
        }
    }
}
