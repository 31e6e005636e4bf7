import Diagnostics
import OnnxIR
import Tensors

/// The nodes of an ensemble of trees in flat arrays.
struct TreeNodes: Sendable {
    enum Mode: String, CaseIterable, Sendable {
        case lessOrEqual = "BRANCH_LEQ"
        case less = "BRANCH_LT"
        case greaterOrEqual = "BRANCH_GTE"
        case greater = "BRANCH_GT"
        case equal = "BRANCH_EQ"
        case notEqual = "BRANCH_NEQ"
        case leaf = "LEAF"
    }

    struct Key: Hashable {
        let tree: Int
        let node: Int
    }

    private struct Node {
        let mode: Mode
        let feature: Int
        let threshold: Double
        let isTrueForMissing: Bool
        var whenTrue: Int
        var whenFalse: Int
    }

    private var nodes: [Node] = []
    private var roots: [Int] = []
    private(set) var indices: [Key: Int] = [:]
    /// Features that a sample must have.
    private(set) var featureCount = 0

    var count: Int { nodes.count }
    var treeCount: Int { roots.count }

    /// The nodes of the `nodes_…` attributes.
    ///
    /// *Throws*: `attribute` when their counts differ, a child does not exist, or the nodes form no trees.
    init(_ context: NodeContext) throws(EngineError) {
        let trees = try context.required("nodes_treeids", context.ints("nodes_treeids"))
        let count = trees.count
        let ids = try Self.list("nodes_nodeids", context.ints("nodes_nodeids"), count)
        let features = try Self.list("nodes_featureids", context.ints("nodes_featureids"), count)
        let modes = try Self.list("nodes_modes", context.strings("nodes_modes"), count)
        let thresholds = try Self.list("nodes_values", context.doubles("nodes_values"), count)
        let whenTrue = try Self.list("nodes_truenodeids", context.ints("nodes_truenodeids"), count)
        let whenFalse = try Self.list("nodes_falsenodeids", context.ints("nodes_falsenodeids"), count)
        let missing = try context.ints("nodes_missing_value_tracks_true") ?? []
        if !missing.isEmpty { _ = try Self.list("nodes_missing_value_tracks_true", missing, count) }
        for index in 0..<count {
            let key = Key(tree: trees[index], node: ids[index])
            guard indices.updateValue(index, forKey: key) == nil else {
                throw EngineError(.attribute, "node \(key.node) of tree \(key.tree) stands twice in `nodes_nodeids`")
            }
        }
        for index in 0..<count {
            guard let mode = Mode(rawValue: modes[index]) else {
                throw .attribute("nodes_modes", "`\(modes[index])`", expected: "a mode such as `BRANCH_LEQ`")
            }
            guard (0..<(1 << 31)).contains(features[index]) || mode == .leaf else {
                throw .attribute("nodes_featureids", features[index], expected: "an index from 0 to \((1 << 31) - 1)")
            }
            if mode != .leaf { featureCount = max(featureCount, features[index] + 1) }
            var node = Node(
                mode: mode,
                feature: features[index],
                threshold: thresholds[index],
                isTrueForMissing: missing.isEmpty ? false : missing[index] != 0,
                whenTrue: -1,
                whenFalse: -1
            )
            if mode != .leaf {
                node.whenTrue = try child(whenTrue[index], of: trees[index])
                node.whenFalse = try child(whenFalse[index], of: trees[index])
            }
            nodes.append(node)
        }
        try findRoots()
    }

    private func child(_ id: Int, of tree: Int) throws(EngineError) -> Int {
        guard let index = indices[Key(tree: tree, node: id)] else {
            throw EngineError(.attribute, "tree \(tree) has no node \(id), which is a child in it")
        }
        return index
    }

    /// Nodes without a parent are roots; every node has one parent at most and is reached from a root.
    private mutating func findRoots() throws(EngineError) {
        var parentCounts = [Int](repeating: 0, count: nodes.count)
        for node in nodes where node.mode != .leaf {
            parentCounts[node.whenTrue] += 1
            if node.whenFalse != node.whenTrue { parentCounts[node.whenFalse] += 1 }
        }
        roots = nodes.indices.filter { parentCounts[$0] == 0 }
        var reached = 0
        var open = roots
        while let index = open.popLast() {
            reached += 1
            let node = nodes[index]
            guard node.mode != .leaf else { continue }
            open.append(node.whenTrue)
            if node.whenFalse != node.whenTrue { open.append(node.whenFalse) }
        }
        guard parentCounts.allSatisfy({ $0 <= 1 }), reached == nodes.count else {
            throw EngineError(.attribute, "the nodes form a cycle or share a child, expected trees")
        }
    }

    /// The leaf that a sample falls into, in the tree with this number.
    func leaf(of sample: ArraySlice<Double>, tree: Int) -> Int {
        var index = roots[tree]
        while nodes[index].mode != .leaf {
            let node = nodes[index]
            let value = sample[sample.startIndex + node.feature]
            let isTrue: Bool =
                if value.isNaN {
                    node.isTrueForMissing || node.mode == .notEqual
                } else {
                    switch node.mode {
                    case .lessOrEqual: value <= node.threshold
                    case .less: value < node.threshold
                    case .greaterOrEqual: value >= node.threshold
                    case .greater: value > node.threshold
                    case .equal: value == node.threshold
                    case .notEqual: value != node.threshold
                    case .leaf: false
                    }
                }
            index = isTrue ? node.whenTrue : node.whenFalse
        }
        return index
    }

    static func list<Element>(_ name: String, _ values: [Element]?, _ count: Int) throws(EngineError) -> [Element] {
        guard let values, values.count == count else {
            throw EngineError(.attribute, "attribute `\(name)` has \(values?.count ?? 0) elements, expected \(count)")
        }
        return values
    }
}

extension NodeContext {
    /// Numbers as `floats`, or as a tensor of floats or doubles under the same name with `_as_tensor`.
    func doubles(_ name: String) throws(EngineError) -> [Double]? {
        if let floats = try floats(name) { return floats.map { Double($0) } }
        guard let tensor = try tensor(name + "_as_tensor") else { return nil }
        switch tensor.elementType {
        case .float: return try tensor.array(of: Float.self).map { Double($0) }
        default: return try tensor.array(of: Double.self)
        }
    }
}
