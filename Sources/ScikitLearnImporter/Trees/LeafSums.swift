import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Sums over the leaves of trees, as exact as in double or nearly so.
struct LeafSums {
    private var sum = TreeSum(branch: .lessOrEqual)
    private let targetCount: Int

    init(targetCount: Int) { self.targetCount = targetCount }

    mutating func leaf(tree: Int, node: Int, target: Int, weight: Double) {
        sum.leaf(tree: tree, node: node, weights: [(target, weight)])
    }

    mutating func split(
        tree: Int,
        node: Int,
        feature: Int,
        threshold: Double,
        children: (left: Int, right: Int),
        missingGoesFirst: Bool
    ) {
        sum.split(
            tree: tree,
            node: node,
            feature: feature,
            threshold: threshold,
            children: (children.left, children.right),
            missingGoesFirst: missingGoesFirst
        )
    }

    /// The sums of the leaves that samples reach.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, targets]`.
    /// *Types*: float or double to double; doubles are compared as such.
    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let value = try importing { () throws(TensorError) in
            try sum.sums(of: x.value, type: x.elementType.elementType, targetCount: targetCount, &x.graph.builder)
        }
        return Matrix(graph: x.graph, value: value, elementType: .double, columnCount: targetCount)
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
                    feature: places.map { $0[feature(of: node)] } ?? feature(of: node),
                    threshold: thresholds[node],
                    children: children(of: node),
                    missingGoesFirst: missingGoesLeft(at: node)
                )
            }
        }
    }
}
