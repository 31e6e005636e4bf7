import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Sums over the leaves of trees, nearly as exact as in double.
///
/// *Numerics*: a tree ensemble adds floats. Each weight is split into a multiple of a power of two, of which sums are
/// exact, and a small rest; both are summed apart and added in double.
struct LeafSums {
    private var ensemble = TreeEnsemble(branch: .lessOrEqual)
    private let targetCount: Int
    private let step: Double

    /// *Parameter* largest: the largest absolute value that a sum over all trees may have.
    init(targetCount: Int, largest: Double) {
        self.targetCount = targetCount
        let bound = largest.isFinite && largest > 0 ? largest : 1
        step = (bound / Double(1 << 22)).binade * 2
    }

    mutating func leaf(tree: Int, node: Int, target: Int, weight: Double) {
        let whole = (weight / step).rounded() * step
        let rest = weight - whole
        var weights: [(target: Int, weight: Float)] = []
        if whole != 0 { weights.append((target, Float(whole))) }
        if rest != 0 { weights.append((targetCount + target, Float(rest))) }
        ensemble.leaf(tree: tree, node: node, weights: weights.isEmpty ? [(target: target, weight: Float(0))] : weights)
    }

    mutating func split(
        tree: Int,
        node: Int,
        feature: Int,
        threshold: Double,
        children: (Int, Int),
        missingGoesFirst: Bool
    ) {
        ensemble.split(
            tree: tree,
            node: node,
            feature: feature,
            threshold: threshold,
            children: children,
            missingGoesFirst: missingGoesFirst
        )
    }

    /// The sums of the leaves that samples reach.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, targets]`.
    /// *Types*: float or double to double; doubles are compared as such.
    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard !ensemble.isEmpty else {
            return try x.cast(to: .double).filled(with: [Double](repeating: 0, count: targetCount))
        }
        let attributes =
            try x.elementType == .double
            ? importing { () throws(TensorError) in
                try ensemble.doubleRegressorAttributes(targetCount: 2 * targetCount)
            } : ensemble.regressorAttributes(targetCount: 2 * targetCount, base: [])
        let sums = x.apply(
            "TreeEnsembleRegressor",
            domain: .onnxML,
            [],
            attributes,
            type: .float,
            columns: 2 * targetCount
        ).cast(to: .double)
        let wholes = try sums.columns(Array(0..<targetCount))
        return try wholes + sums.columns(Array(targetCount..<2 * targetCount))
    }
}

extension DecisionTree {
    /// Adds the tree to sums, with the weight that `weight` makes of a leaf.
    func append(
        to sums: inout LeafSums,
        tree: Int,
        target: Int,
        features places: [Int]? = nil,
        weight: (Int) -> Double
    ) {
        for node in 0..<nodeCount {
            if isLeaf(node) {
                sums.leaf(tree: tree, node: node, target: target, weight: weight(node))
            } else {
                sums.split(
                    tree: tree,
                    node: node,
                    feature: places.map { $0[features[node]] } ?? features[node],
                    threshold: thresholds[node],
                    children: (leftChildren[node], rightChildren[node]),
                    missingGoesFirst: missingGoesLeft.map { $0[node] != 0 } ?? false
                )
            }
        }
    }
}
