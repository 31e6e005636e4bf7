import Diagnostics
import OnnxIR
import Tensors

extension Forest {
    /// What `nodes_modes` says of a node.
    private enum Mode: String {
        case lessOrEqual = "BRANCH_LEQ"
        case less = "BRANCH_LT"
        case greaterOrEqual = "BRANCH_GTE"
        case greater = "BRANCH_GT"
        case equal = "BRANCH_EQ"
        case notEqual = "BRANCH_NEQ"
        case leaf = "LEAF"

        /// `nil` for a leaf.
        var comparison: Comparison? {
            switch self {
            case .lessOrEqual: .lessOrEqual
            case .less: .less
            case .greaterOrEqual: .greaterOrEqual
            case .greater: .greater
            case .equal: .equal
            case .notEqual: .notEqual
            case .leaf: nil
            }
        }
    }

    /// The forest of `TreeEnsembleClassifier` and `TreeEnsembleRegressor`: inner nodes and leaves in one list, each with
    /// the number of its tree, and the weights of leaves in another, in attributes named `class_…` or `target_…`.
    ///
    /// *Throws*: `attribute` when counts differ, an id names nothing, the nodes form no trees, a leaf has no weight, or a
    /// target is out of range.
    init(
        _ context: NodeContext,
        prefix: String,
        targetCount: Int,
        aggregate: Aggregate
    ) throws(EngineError) {
        let trees = try context.required("nodes_treeids", context.ints("nodes_treeids"))
        try context.hold(trees.count * Self.nodeByteCount)
        let ids = try context.ints("nodes_nodeids", count: trees.count)
        let places = try NodePlaces(trees: trees, nodes: ids)
        let comparisons = try Self.comparisons(context, count: trees.count)
        var branches: [Branch] = []
        branches.reserveCapacity(trees.count)
        var (nodeCount, leafCount) = (0, 0)
        for comparison in comparisons {
            branches.append(comparison == nil ? .leaf(leafCount) : .node(nodeCount))
            if comparison == nil { leafCount += 1 } else { nodeCount += 1 }
        }
        let children = try Self.children(context, trees, places, comparisons)
        let features = try context.ints("nodes_featureids", count: trees.count)
        let thresholds = try context.doubles("nodes_values", count: trees.count)
        let missing = try context.missingTracks(count: trees.count)
        var nodes: [Node] = []
        nodes.reserveCapacity(nodeCount)
        for (place, comparison) in comparisons.enumerated() {
            guard let comparison else { continue }
            nodes.append(
                Node(
                    comparison: comparison,
                    feature: try Self.checkedFeature(features[place]),
                    threshold: thresholds[place],
                    isTrueForMissing: missing[place],
                    whenTrue: branches[children.whenTrue[place]],
                    whenFalse: branches[children.whenFalse[place]]
                )
            )
        }
        try self.init(
            nodes: nodes,
            roots: Self.roots(trees, children, comparisons).map { branches[$0] },
            leaves: Self.leaves(context, prefix, targetCount, places, branches, leafCount),
            targetCount: targetCount,
            aggregate: aggregate
        )
    }

    private static func comparisons(_ context: NodeContext, count: Int) throws(EngineError) -> [Comparison?] {
        let texts = try context.byteStrings("nodes_modes") ?? []
        var comparisons: [Comparison?] = []
        comparisons.reserveCapacity(texts.count)
        // PERF: the reader keeps equal texts once, so that comparing them with one that is known takes no time.
        var known: [(text: [UInt8], comparison: Comparison?)] = []
        for bytes in texts {
            if let (_, comparison) = known.first(where: { $0.text == bytes }) {
                comparisons.append(comparison)
                continue
            }
            let text = try context.text(bytes, of: "nodes_modes")
            guard let mode = Mode(rawValue: text) else {
                throw .attribute("nodes_modes", "`\(text)`", expected: "a mode such as `BRANCH_LEQ`")
            }
            known.append((bytes, mode.comparison))
            comparisons.append(mode.comparison)
        }
        return try NodeContext.list("nodes_modes", comparisons, count)
    }

    static func checkedFeature(_ feature: Int) throws(EngineError) -> Int {
        guard (0..<(1 << 31)).contains(feature) else {
            throw .attribute("nodes_featureids", feature, expected: "an index from 0 to \((1 << 31) - 1)")
        }
        return feature
    }

    private typealias Children = (whenTrue: [Int], whenFalse: [Int])

    /// The places of the children; those of leaves are the leaves themselves.
    private static func children(
        _ context: NodeContext,
        _ trees: [Int],
        _ places: NodePlaces,
        _ comparisons: [Comparison?]
    ) throws(EngineError) -> Children {
        func resolve(_ name: String) throws(EngineError) -> [Int] {
            var resolved = try context.ints(name, count: trees.count)
            for (place, tree) in trees.enumerated() {
                guard comparisons[place] != nil else {
                    resolved[place] = place
                    continue
                }
                guard let child = places.place(tree: tree, node: resolved[place]) else {
                    throw EngineError(.attribute, "tree \(tree) has no node \(resolved[place]), which is a child in it")
                }
                resolved[place] = child
            }
            return resolved
        }
        return (try resolve("nodes_truenodeids"), try resolve("nodes_falsenodeids"))
    }

    /// Where the roots stand: the first node of each tree that has no parent; others without one are in no tree.
    private static func roots(
        _ trees: [Int],
        _ children: Children,
        _ comparisons: [Comparison?]
    ) throws(EngineError) -> [Int] {
        var parentCounts = [Int](repeating: 0, count: trees.count)
        for place in trees.indices where comparisons[place] != nil {
            parentCounts[children.whenTrue[place]] += 1
            if children.whenFalse[place] != children.whenTrue[place] { parentCounts[children.whenFalse[place]] += 1 }
        }
        guard parentCounts.allSatisfy({ $0 <= 1 }) else { throw noTrees }
        let parentless = trees.indices.filter { parentCounts[$0] == 0 }
        var reachedCount = 0
        var open = parentless
        while let place = open.popLast() {
            reachedCount += 1
            guard comparisons[place] != nil else { continue }
            open.append(children.whenTrue[place])
            if children.whenFalse[place] != children.whenTrue[place] { open.append(children.whenFalse[place]) }
        }
        guard reachedCount == trees.count else { throw noTrees }
        var rooted: Set<Int> = []
        return parentless.filter { rooted.insert(trees[$0]).inserted }
    }

    private static func leaves(
        _ context: NodeContext,
        _ prefix: String,
        _ targetCount: Int,
        _ places: NodePlaces,
        _ branches: [Branch],
        _ leafCount: Int
    ) throws(EngineError) -> Leaves {
        let trees = try context.required(prefix + "_treeids", context.ints(prefix + "_treeids"))
        try context.hold(trees.count * weightByteCount)
        let ids = try context.ints(prefix + "_nodeids", count: trees.count)
        let targets = try context.ints(prefix + "_ids", count: trees.count)
        let values = try context.doubles(prefix + "_weights", count: trees.count)
        var owners: [Int] = []
        var weights: [Weight] = []
        owners.reserveCapacity(trees.count)
        weights.reserveCapacity(trees.count)
        for index in trees.indices {
            guard let place = places.place(tree: trees[index], node: ids[index]) else {
                throw EngineError(.attribute, "tree \(trees[index]) has no node \(ids[index]), which has a weight")
            }
            guard targets[index] >= 0, targets[index] < targetCount else {
                throw .attribute(prefix + "_ids", targets[index], expected: "0 to \(targetCount - 1)")
            }
            // Some converters give inner nodes a weight, which no sample gets.
            guard case .leaf(let leaf) = branches[place] else { continue }
            owners.append(leaf)
            weights.append(Weight(target: targets[index], value: values[index]))
        }
        let leaves = Leaves(weights, of: owners, leafCount: leafCount)
        guard leaves.areAllWeighted else {
            throw EngineError(.attribute, "a leaf has no weight in `\(prefix)_weights`")
        }
        return leaves
    }
}
