import Diagnostics
import OnnxIR

/// What the leaves of an ensemble say: a weight for each target or class, and how the trees' weights are joined.
struct TreeLeaves: Sendable {
    enum Aggregate: String, CaseIterable, Sendable {
        case sum = "SUM"
        case average = "AVERAGE"
        case min = "MIN"
        case max = "MAX"
    }

    /// For each node the targets and weights of its leaf.
    private let weights: [[(target: Int, weight: Double)]]
    private let aggregate: Aggregate
    let baseValues: [Double]
    let targetCount: Int
    /// The targets that any leaf names.
    let usedTargets: Set<Int>
    let isAllPositive: Bool

    /// The leaves of attributes named `class_…` or `target_…`.
    ///
    /// *Throws*: `attribute` when counts differ, a leaf does not exist, or a target is out of range.
    init(
        _ context: NodeContext,
        prefix: String,
        nodes: TreeNodes,
        targetCount: Int,
        aggregate: Aggregate
    ) throws(EngineError) {
        let ids = try context.required(prefix + "_treeids", context.ints(prefix + "_treeids"))
        let nodeIDs = try TreeNodes.list(prefix + "_nodeids", context.ints(prefix + "_nodeids"), ids.count)
        let targets = try TreeNodes.list(prefix + "_ids", context.ints(prefix + "_ids"), ids.count)
        let values = try TreeNodes.list(prefix + "_weights", context.doubles(prefix + "_weights"), ids.count)
        var weights = [[(target: Int, weight: Double)]](repeating: [], count: nodes.count)
        for index in ids.indices {
            guard let node = nodes.indices[TreeNodes.Key(tree: ids[index], node: nodeIDs[index])] else {
                throw EngineError(.attribute, "tree \(ids[index]) has no node \(nodeIDs[index]), which has a weight")
            }
            guard targets[index] >= 0, targets[index] < targetCount else {
                throw .attribute(prefix + "_ids", targets[index], expected: "0 to \(targetCount - 1)")
            }
            weights[node].append((targets[index], values[index]))
        }
        self.weights = weights
        self.aggregate = aggregate
        self.targetCount = targetCount
        baseValues = try context.doubles("base_values") ?? []
        usedTargets = Set(targets)
        isAllPositive = values.allSatisfy { $0 >= 0 }
    }

    /// The joined weights of a sample, one for each target, without the base values.
    func scores(_ sample: ArraySlice<Double>, _ nodes: TreeNodes) -> [Double] {
        var scores = [Double](repeating: 0, count: targetCount)
        var isSet = [Bool](repeating: false, count: targetCount)
        for tree in 0..<nodes.treeCount {
            for (target, weight) in weights[nodes.leaf(of: sample, tree: tree)] {
                switch aggregate {
                case .sum, .average: scores[target] += weight
                case .min: scores[target] = isSet[target] ? Swift.min(scores[target], weight) : weight
                case .max: scores[target] = isSet[target] ? Swift.max(scores[target], weight) : weight
                }
                isSet[target] = true
            }
        }
        if aggregate == .average { scores = scores.map { $0 / Double(nodes.treeCount) } }
        return scores
    }
}
