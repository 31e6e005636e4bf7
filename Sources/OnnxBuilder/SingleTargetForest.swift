import OnnxIR
import Tensors

/// Trees in the form of `TreeEnsemble`: inner nodes and leaves in lists of their own, and one target for each leaf, so that
/// a tree is there once for each target that it adds to.
///
/// Where all leaves below a node add the same to a target, one leaf stands in their place.
///
/// *Source*: ai.onnx.ml 5.
struct SingleTargetForest {
    fileprivate enum Child {
        case node(Int)
        case leaf(Int)
    }

    private struct Node {
        var feature: Int64 = 0
        var threshold = 0.0
        var floatThreshold: Float = 0
        var missingGoesFirst: Int64 = 0
        var first = Child.leaf(0)
        var second = Child.leaf(0)
    }

    private let branch: TreeEnsemble.Branch
    private var roots: [Int64] = []
    private var nodes: [Node] = []
    private var leafTargets: [Int64] = []
    private var leafWeights: [Double] = []

    init(_ ensemble: TreeEnsemble) {
        branch = ensemble.branch
        let floatThresholds = ensemble.floatThresholds
        for tree in ReachedTree.trees(of: ensemble) {
            let splits = tree.places.map { place in
                Node(
                    feature: ensemble.features[place],
                    threshold: ensemble.thresholds[place],
                    floatThreshold: floatThresholds[place],
                    missingGoesFirst: ensemble.missingGoesFirst[place]
                )
            }
            for (target, weights) in tree.weights.sorted(by: { $0.key < $1.key }) {
                append(tree, splits, weights, target: target)
            }
        }
        if roots.isEmpty { appendRoot(target: 0, 0) }
    }

    /// Adds a tree that adds the same wherever a sample goes: a root is no leaf, and has two.
    private mutating func appendRoot(target: Int64, _ weight: Double) {
        roots.append(Int64(nodes.count))
        nodes.append(Node(first: leaf(target, weight), second: leaf(target, weight)))
    }

    /// Adds a tree for one target, with what its nodes add where they are leaves.
    private mutating func append(_ tree: ReachedTree, _ splits: [Node], _ weights: [Int: Double], target: Int64) {
        // What is below a node adds, where it is the same everywhere; nodes above no weight add nothing.
        var sames: [Int: Double?] = [:]
        for leaf in weights.keys {
            var node = leaf
            while sames.updateValue(weights[node], forKey: node) == nil, let parent = tree.parents[node] {
                node = parent
            }
        }
        func same(_ node: Int) -> Double? { sames[node] ?? 0 }
        let reached = sames.keys.sorted()
        for node in reached.reversed() {
            guard let (first, second) = tree.children[node] else { continue }
            if let weight = same(first), weight == same(second) { sames[node] = weight }
        }
        if let weight = same(0) { return appendRoot(target: target, weight) }
        roots.append(Int64(nodes.count))
        let inner = reached.filter { same($0) == nil }
        let first = nodes.count
        let indices = Dictionary(uniqueKeysWithValues: inner.enumerated().map { ($0.element, first + $0.offset) })
        nodes += inner.map { splits[$0] }
        for node in inner {
            guard let index = indices[node], let (first, second) = tree.children[node] else { continue }
            nodes[index].first = indices[first].map { .node($0) } ?? leaf(target, same(first) ?? 0)
            nodes[index].second = indices[second].map { .node($0) } ?? leaf(target, same(second) ?? 0)
        }
    }

    private mutating func leaf(_ target: Int64, _ weight: Double) -> Child {
        leafTargets.append(target)
        leafWeights.append(weight)
        return .leaf(leafTargets.count - 1)
    }

    /// The attributes of a `TreeEnsemble` that sums.
    ///
    /// *Types*: `type` is that of the features, float or double.
    func attributes(of type: ElementType, targetCount: Int) throws(TensorError) -> [Attribute] {
        // SPEC: `nodes_modes` of TreeEnsemble: 0 is BRANCH_LEQ, and 1 BRANCH_LT.
        let mode: UInt8 =
            switch branch {
            case .lessOrEqual: 0
            case .less: 1
            }
        let areDoubles = type == .double
        return [
            Attribute("tree_roots", .ints(roots)),
            Attribute("nodes_featureids", .ints(nodes.map(\.feature))),
            try .tensor("nodes_modes", [UInt8](repeating: mode, count: nodes.count)),
            areDoubles
                ? try .tensor("nodes_splits", nodes.map(\.threshold))
                : try .tensor("nodes_splits", nodes.map(\.floatThreshold)),
            Attribute("nodes_truenodeids", .ints(nodes.map(\.first.index))),
            Attribute("nodes_trueleafs", .ints(nodes.map(\.first.isLeaf))),
            Attribute("nodes_falsenodeids", .ints(nodes.map(\.second.index))),
            Attribute("nodes_falseleafs", .ints(nodes.map(\.second.isLeaf))),
            Attribute("nodes_missing_value_tracks_true", .ints(nodes.map(\.missingGoesFirst))),
            Attribute("leaf_targetids", .ints(leafTargets)),
            areDoubles
                ? try .tensor("leaf_weights", leafWeights)
                : try .tensor("leaf_weights", leafWeights.map { Float($0) }),
            Attribute("n_targets", .int(Int64(targetCount))),
            // SPEC: 1 is SUM, and as `post_transform` 0 is NONE.
            Attribute("aggregate_function", .int(1)),
            Attribute("post_transform", .int(0)),
        ]
    }
}

extension SingleTargetForest.Child {
    fileprivate var index: Int64 {
        switch self {
        case .node(let index), .leaf(let index): Int64(index)
        }
    }

    fileprivate var isLeaf: Int64 {
        switch self {
        case .node: 0
        case .leaf: 1
        }
    }
}

/// What the root of a tree reaches, with numbers from 0 in which parents come before children.
private struct ReachedTree {
    /// The places of the nodes in the ensemble.
    private(set) var places: [Int] = []
    /// The children of inner nodes; `nil` for leaves.
    private(set) var children: [(first: Int, second: Int)?] = []
    /// The parents of nodes; `nil` for the root.
    private(set) var parents: [Int?] = [nil]
    /// What leaves add that is not 0, by target.
    private(set) var weights: [Int64: [Int: Double]] = [:]

    private struct NodeID: Hashable {
        var tree: Int64
        var node: Int64
    }

    /// The trees of an ensemble in their order, each with a root.
    static func trees(of ensemble: TreeEnsemble) -> [ReachedTree] {
        var places: [NodeID: Int] = [:]
        for place in ensemble.treeIDs.indices {
            places[NodeID(tree: ensemble.treeIDs[place], node: ensemble.nodeIDs[place])] = place
        }
        var trees: [ReachedTree] = []
        var indices: [Int64: Int] = [:]
        var numbers = [Int](repeating: -1, count: ensemble.treeIDs.count)
        for id in ensemble.treeIDs where indices[id] == nil {
            guard let root = places[NodeID(tree: id, node: 0)] else { continue }
            indices[id] = trees.count
            trees.append(ReachedTree(id, root: root, of: ensemble, places))
            for (number, place) in trees[trees.count - 1].places.enumerated() { numbers[place] = number }
        }
        for index in ensemble.weights.indices where ensemble.weights[index] != 0 {
            let id = NodeID(tree: ensemble.weightTrees[index], node: ensemble.weightNodes[index])
            guard let place = places[id], let tree = indices[id.tree], numbers[place] >= 0 else { continue }
            let target = ensemble.weightTargets[index]
            trees[tree].weights[target, default: [:]][numbers[place], default: 0] += ensemble.weights[index]
        }
        return trees
    }

    private init(_ id: Int64, root: Int, of ensemble: TreeEnsemble, _ placesByID: [NodeID: Int]) {
        places = [root]
        while children.count < places.count {
            let place = places[children.count]
            guard !ensemble.isLeaf(place),
                let first = placesByID[NodeID(tree: id, node: ensemble.firstChildren[place])],
                let second = placesByID[NodeID(tree: id, node: ensemble.secondChildren[place])]
            else {
                children.append(nil)
                continue
            }
            parents += [children.count, children.count]
            children.append((places.count, places.count + 1))
            places += [first, second]
        }
    }
}
