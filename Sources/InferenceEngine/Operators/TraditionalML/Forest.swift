import Diagnostics
import OnnxIR

/// Trees that lead a sample to a leaf each, and how the weights of those leaves are joined.
struct Forest: Sendable {
    /// How a node compares a feature with its threshold; the raw value is the number in `TreeEnsemble`.
    enum Comparison: UInt8, Sendable {
        case lessOrEqual, less, greaterOrEqual, greater, equal, notEqual, member
    }

    /// Where a sample goes next.
    enum Branch: Sendable {
        case node(Int)
        case leaf(Int)
    }

    struct Node: Sendable {
        let comparison: Comparison
        let feature: Int
        /// For `member` the index of the set.
        let threshold: Double
        let isTrueForMissing: Bool
        let whenTrue: Branch
        let whenFalse: Branch
    }

    enum Aggregate: String, CaseIterable, Sendable {
        case average = "AVERAGE"
        case sum = "SUM"
        case min = "MIN"
        case max = "MAX"
    }

    /// Features that a sample must have.
    let featureCount: Int
    let targetCount: Int
    let nodes: [Node]
    private let sets: [Set<Double>]
    let roots: [Branch]
    let leaves: Leaves
    let aggregate: Aggregate
    let compiledForm = CompiledForest()

    var treeCount: Int { roots.count }

    /// A forest of nodes that are known to be there.
    ///
    /// *Throws*: `attribute` when a node is reached twice, so that what is reached ends in leaves and is a tree.
    init(
        nodes: [Node],
        sets: [Set<Double>] = [],
        roots: [Branch],
        leaves: Leaves,
        targetCount: Int,
        aggregate: Aggregate
    ) throws(EngineError) {
        self.nodes = nodes
        self.sets = sets
        self.roots = roots
        self.leaves = leaves
        self.targetCount = targetCount
        self.aggregate = aggregate
        featureCount = nodes.reduce(0) { Swift.max($0, $1.feature + 1) }
        var isReached = [Bool](repeating: false, count: nodes.count)
        var open = roots
        while let branch = open.popLast() {
            guard case .node(let index) = branch else { continue }
            guard !isReached[index] else { throw Self.noTrees }
            isReached[index] = true
            open.append(nodes[index].whenTrue)
            open.append(nodes[index].whenFalse)
        }
    }

    /// What a node takes, with the lists that lead to it: its key, place and children, and as a leaf its weights.
    static let nodeByteCount = 320
    /// What a weight takes beside its leaf, with the lists that it is read from.
    static let weightByteCount = 64

    static let noTrees = EngineError(.attribute, "the nodes form a cycle or share a child, expected trees")

    /// The scores of each sample, one for each target, before `transform` or anything else is done to them.
    ///
    /// *Throws*: `shape` when the samples lack a feature that a node asks for, `limit` when the scores are too large.
    func scores(_ samples: Samples, _ call: OperatorCall) throws(EngineError) -> [[Double]] {
        guard featureCount <= samples.featureCount else {
            throw EngineError(.shape, "input has \(samples.featureCount) features, expected at least \(featureCount)")
        }
        try samples.checkScores(columns: targetCount, call)
        return (0..<samples.count).map { scores(samples[$0]) }
    }

    private func scores(_ sample: ArraySlice<Double>) -> [Double] {
        var scores = [Double](repeating: 0, count: targetCount)
        var isSet = [Bool](repeating: false, count: targetCount)
        sample.withUnsafeBufferPointer { features in
            nodes.withUnsafeBufferPointer { nodes in
                for root in roots {
                    for weight in leaves[leaf(from: root, nodes, features)] {
                        let score = scores[weight.target]
                        switch aggregate {
                        case .sum, .average: scores[weight.target] = score + weight.value
                        case .min where isSet[weight.target]: scores[weight.target] = Swift.min(score, weight.value)
                        case .max where isSet[weight.target]: scores[weight.target] = Swift.max(score, weight.value)
                        case .min, .max: scores[weight.target] = weight.value
                        }
                        isSet[weight.target] = true
                    }
                }
            }
        }
        return aggregate == .average ? scores.map { $0 / Double(roots.count) } : scores
    }

    private func leaf(
        from root: Branch,
        _ nodes: UnsafeBufferPointer<Node>,
        _ features: UnsafeBufferPointer<Double>
    ) -> Int {
        var branch = root
        while true {
            switch branch {
            case .leaf(let index): return index
            case .node(let index):
                let node = nodes[index]
                branch = isTrue(node, features[node.feature]) ? node.whenTrue : node.whenFalse
            }
        }
    }

    /// SPEC: a missing feature, NaN, goes where the node says, and otherwise where the comparison with NaN leads.
    private func isTrue(_ node: Node, _ value: Double) -> Bool {
        let isTrue =
            switch node.comparison {
            case .lessOrEqual: value <= node.threshold
            case .less: value < node.threshold
            case .greaterOrEqual: value >= node.threshold
            case .greater: value > node.threshold
            case .equal: value == node.threshold
            case .notEqual: value != node.threshold
            case .member: sets[Int(node.threshold)].contains(value)
            }
        return isTrue || (node.isTrueForMissing && value.isNaN)
    }
}
