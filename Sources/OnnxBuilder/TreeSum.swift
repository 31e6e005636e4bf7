import OnnxIR
package import Tensors

/// Trees of frameworks that compute in double: leaves are doubles, and add up as doubles do.
///
/// *Numerics*: `TreeEnsemble` of ai.onnx.ml 5 adds doubles. Operators before it add floats; so there each leaf is cut in
/// two floats that are summed for themselves: a multiple of a quantum, of which no sum of leaves has more than 2^24, so
/// that the sum is exact in any order, and the rest, whose rounding errors are that much smaller. Together they hold 40
/// bits or more of the sum of all magnitudes. Of a few trees, the rest is cut once more, so that classes whose scores
/// differ by one bit keep their order.
package struct TreeSum {
    /// Up to so many trees, leaves are cut in three.
    private static let fewTrees = 64

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
        let double = [Attribute("to", .int(Int64(ElementType.double.rawValue)))]
        guard !builder.opsets.hasTreeEnsemble else {
            let doubles = type == .double ? input : builder.node("Cast", [input], double)
            return try wholeLeaves.sums(of: doubles, type: .double, targetCount: targetCount, &builder)
        }
        let (ensemble, partCount) = splitLeaves(targetCount: targetCount)
        let floats = try ensemble.sums(of: input, type: type, targetCount: partCount * targetCount, &builder)
        let doubles = builder.node("Cast", [floats], double)
        guard partCount > 1 else { return doubles }
        let shape = builder.constant(try Tensor([0, Int64(partCount), Int64(targetCount)]), name: "shape")
        let parts = builder.node("Reshape", [doubles, shape])
        let axis = builder.constant(try Tensor([1 as Int64]), name: "axis")
        return builder.node("ReduceSum", [parts, axis], [Attribute("keepdims", .int(0))])
    }

    private var wholeLeaves: TreeEnsemble {
        var ensemble = ensemble
        for leaf in leaves {
            ensemble.weight(tree: leaf.tree, node: leaf.node, target: leaf.target, weight: leaf.weight)
        }
        return ensemble
    }

    /// The trees with leaves that are cut in parts: target `i` of part `p` is `p * targetCount + i`.
    private func splitLeaves(targetCount: Int) -> (ensemble: TreeEnsemble, partCount: Int) {
        var ensemble = ensemble
        let quanta = quanta
        var partCount = 1
        for leaf in leaves {
            var rest = leaf.weight
            for part in 0...quanta.count {
                let quantum = part < quanta.count ? quanta[part] : 0
                let weight = quantum == 0 ? rest : (rest / quantum).rounded() * quantum
                rest -= weight
                guard weight != 0 || part == 0 else { continue }
                partCount = max(partCount, part + 1)
                ensemble.weight(
                    tree: leaf.tree,
                    node: leaf.node,
                    target: part * targetCount + leaf.target,
                    weight: weight
                )
            }
        }
        return (ensemble, partCount)
    }

    /// For each part but the last a power of two, of which no sum has more than 2^23 before roundings, and no more than
    /// 2^24 after them.
    private var quanta: [Double] {
        func quantum(_ bound: Double) -> Double {
            guard bound > 0 else { return 1 }
            return Double(sign: .plus, exponent: max(Int(bound.exponent) - 22, -126), significand: 1)
        }
        let first = quantum(magnitudes.reduce(0, +))
        guard magnitudes.count <= Self.fewTrees else { return [first] }
        return [first, quantum(first * Double(max(1, magnitudes.count)) / 2)]
    }
}
