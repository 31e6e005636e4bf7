import OnnxIR
package import Tensors

/// Trees of frameworks that compute in double: leaves are doubles, and add up as doubles do.
///
/// *Numerics*: operators of ai.onnx.ml 3 add floats. So each leaf is cut in two floats that are summed for themselves:
/// a multiple of a quantum, of which no sum of leaves has more than 2^24, so that the sum is exact in any order, and the
/// rest, whose rounding errors are that much smaller. Together they hold 40 bits or more of the sum of all magnitudes.
package struct TreeSum {
    private struct Leaf {
        var tree: Int
        var node: Int
        var target: Int
        var weight: Double
    }

    private var ensemble: TreeEnsemble
    private var leaves: [Leaf] = []
    /// For each tree, the largest magnitude among its leaves.
    private var magnitudes: [Double] = []

    /// The largest magnitude of a leaf that sums can hold.
    package static let weightLimit = 1e30

    /// No trees yet.
    package init(branch: TreeEnsemble.Branch) {
        ensemble = TreeEnsemble(branch: branch)
    }

    /// Adds an inner node; its children follow under their own numbers.
    package mutating func split(
        tree: Int,
        node: Int,
        feature: Int,
        threshold: Double,
        children: (first: Int, second: Int),
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

    /// Adds a leaf with what it adds to each target, each up to `weightLimit`; trees are numbered from 0 without gaps.
    package mutating func leaf(tree: Int, node: Int, weights: [(target: Int, weight: Double)]) {
        ensemble.leaf(tree: tree, node: node, weights: [])
        while magnitudes.count <= tree { magnitudes.append(0) }
        for (target, weight) in weights {
            leaves.append(Leaf(tree: tree, node: node, target: target, weight: weight))
            magnitudes[tree] = max(magnitudes[tree], abs(weight))
        }
        if weights.isEmpty { leaves.append(Leaf(tree: tree, node: node, target: 0, weight: 0)) }
    }

    /// Adds the nodes that sum the leaves which each sample reaches.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, targets]`.
    /// *Types*: float or double to double.
    package func sums(
        of input: String,
        type: ElementType,
        targetCount: Int,
        _ builder: inout GraphBuilder
    ) throws(TensorError) -> String {
        var (ensemble, leaves) = (ensemble, leaves)
        if leaves.isEmpty {
            ensemble.leaf(tree: 0, node: 0, weights: [])
            leaves.append(Leaf(tree: 0, node: 0, target: 0, weight: 0))
        }
        let quantum = quantum
        var hasRests = false
        for leaf in leaves {
            let multiple = (leaf.weight / quantum).rounded() * quantum
            ensemble.weight(tree: leaf.tree, node: leaf.node, target: leaf.target, weight: Float(multiple))
            let rest = leaf.weight - multiple
            guard rest != 0 else { continue }
            hasRests = true
            ensemble.weight(tree: leaf.tree, node: leaf.node, target: targetCount + leaf.target, weight: Float(rest))
        }
        let columnCount = hasRests ? 2 * targetCount : targetCount
        let attributes =
            type == .double
            ? try ensemble.doubleRegressorAttributes(targetCount: columnCount)
            : ensemble.regressorAttributes(targetCount: columnCount, base: [])
        let floats = builder.node("TreeEnsembleRegressor", domain: .onnxML, [input], attributes)
        let doubles = builder.node("Cast", [floats], [Attribute("to", .int(Int64(ElementType.double.rawValue)))])
        guard hasRests else { return doubles }
        let shape = builder.constant(try Tensor([0, 2, Int64(targetCount)]), name: "shape")
        let pairs = builder.node("Reshape", [doubles, shape])
        let axis = builder.constant(try Tensor([1 as Int64]), name: "axis")
        return builder.node("ReduceSum", [pairs, axis], [Attribute("keepdims", .int(0))])
    }

    /// A power of two, of which no sum has more than 2^23 before roundings, and no more than 2^24 after them.
    private var quantum: Double {
        let bound = magnitudes.reduce(0, +)
        guard bound > 0 else { return 1 }
        return Double(sign: .plus, exponent: max(Int(bound.exponent) - 22, -126), significand: 1)
    }
}
