import Diagnostics
import ModelFormats
import ModelImport

/// One tree of a booster.
///
/// *Source*: XGBoost's `doc/model.schema`, 1.0 to 3.2: a sample goes left where its feature is below `split_conditions`,
/// or its category is not in the set of the node, and where the feature is missing and `default_left` is set.
struct RegressionTree {
    /// The target that a leaf's only value is for; leaves of several values have one for each target.
    let group: Int
    let left: [Int]
    let right: [Int]
    let features: [Int]
    let conditions: [Float]
    let defaultLeft: [Bool]
    /// The sets of nodes that split by category.
    let categories: [Int: CategorySet]
    let leafValues: LeafValues
    /// The nodes that the root reaches, parents before children.
    let reachable: [Int]

    init(_ tree: DocumentValue, group: Int, groupCount: Int, featureCount: Int) throws(ModelImportError) {
        self.group = group
        let arrays = TreeArrays(tree)
        left = try arrays.integers("left_children", count: nil)
        right = try arrays.integers("right_children", count: left.count)
        features = try arrays.integers("split_indices", count: left.count)
        conditions = try arrays.numbers("split_conditions", count: left.count).map { Float($0) }
        let defaultLeft = try arrays.numbers("default_left", count: left.count).map { $0 != 0 }
        self.defaultLeft = defaultLeft
        categories = try arrays.categorySets(nodeCount: left.count) { defaultLeft[$0] }
        leafValues = try LeafValues(arrays, left: left, right: right, conditions: conditions, groupCount: groupCount)
        reachable = try Self.reachable(left: left, right: right)
        for node in reachable where left[node] != -1 && !(0..<featureCount).contains(features[node]) {
            throw ModelImportError(
                .malformed,
                "node \(node) splits feature \(features[node]), expected one of 0..<\(featureCount)"
            )
        }
    }

    func isLeaf(_ node: Int) -> Bool { left[node] == -1 }

    private static func reachable(left: [Int], right: [Int]) throws(ModelImportError) -> [Int] {
        guard !left.isEmpty else { throw ModelImportError(.malformed, "the tree has no nodes, expected a root") }
        var isSeen = [Bool](repeating: false, count: left.count)
        var order = [0]
        isSeen[0] = true
        var next = 0
        while next < order.count {
            let node = order[next]
            next += 1
            guard left[node] != -1 else { continue }
            for child in [left[node], right[node]] {
                guard left.indices.contains(child), !isSeen[child] else {
                    throw ModelImportError(
                        .malformed,
                        "node \(node) has child \(child), expected another node of the tree that has no parent yet"
                    )
                }
                isSeen[child] = true
                order.append(child)
            }
        }
        return order
    }
}

/// What the leaves of a tree hold: a number, or one for each target.
///
/// *Source*: XGBoost 2.0 to 3.1 keep vectors in `base_weights`, one for each node; since 3.2 they are in `leaf_weights`,
/// and `right_children` of a leaf is its place there.
enum LeafValues {
    case scalars([Float])
    case vectors([Float], places: [Int], count: Int)

    init(
        _ arrays: TreeArrays,
        left: [Int],
        right: [Int],
        conditions: [Float],
        groupCount: Int
    ) throws(ModelImportError) {
        let parameters = LearnerParameters(document: arrays.tree["tree_param"], name: "tree_param")
        let count = try parameters.count("size_leaf_vector", fallback: 0, in: 0...1 << 20)
        guard count > 1 else {
            self = .scalars(conditions)
            return
        }
        guard count == groupCount else {
            throw ModelImportError(.malformed, "`size_leaf_vector` is \(count), expected \(groupCount) targets")
        }
        let isListed = arrays.tree["leaf_weights"] != nil
        let name = isListed ? "leaf_weights" : "base_weights"
        let places = isListed ? right : Array(left.indices)
        let values = try arrays.numbers(name, count: nil)
        let leaves = left.indices.filter { left[$0] == -1 }
        guard let last = leaves.map({ places[$0] }).max(), values.count / count > last,
            leaves.allSatisfy({ places[$0] >= 0 }), Set(leaves.map { places[$0] }).count == leaves.count
        else {
            throw ModelImportError(
                .malformed,
                "`\(name)` has \(values.count) elements, expected \(count) for each leaf"
            )
        }
        self = .vectors(values.map { Float($0) }, places: places, count: count)
    }

    /// The values of a leaf, each for the target behind it; the only one is for `group`.
    func values(of leaf: Int, group: Int) -> [(target: Int, weight: Float)] {
        switch self {
        case .scalars(let values): [(group, values[leaf])]
        case .vectors(let values, let places, let count):
            (0..<count).map { (target: $0, weight: values[places[leaf] * count + $0]) }
        }
    }
}
