import Diagnostics
import OnnxIR
import Tensors

/// The joined weights of the leaves that a sample falls into, for each target.
///
/// *Shapes*: `[samples, features] → [samples, targets]`.
struct TreeEnsemble: Operator {
    let forest: Forest
    let transform: ScoreTransform

    static let definition = OperatorDefinition("TreeEnsemble", domain: .onnxML, since: 5, halves: .widened) {
        node throws(EngineError) in
        let aggregates: [Forest.Aggregate] = [.average, .sum, .min, .max]
        let transforms: [ScoreTransform] = [.none, .softmax, .logistic, .softmaxZero, .probit]
        let targetCount = try node.targetCount()
        return TreeEnsemble(
            forest: try Forest(
                node,
                targetCount: targetCount,
                aggregate: numbered("aggregate_function", node.int("aggregate_function", default: 1), aggregates)
            ),
            transform: try numbered("post_transform", node.int("post_transform", default: 0), transforms)
        )
    }

    private static func numbered<Choice>(
        _ name: String,
        _ number: Int,
        _ choices: [Choice]
    ) throws(EngineError) -> Choice {
        guard choices.indices.contains(number) else {
            throw .attribute(name, number, expected: "0 to \(choices.count - 1)")
        }
        return choices[number]
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), [inputs.sampleExtent, .fixed(forest.targetCount)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard input.elementType == .float || input.elementType == .double else {
            throw .elementType(input.elementType, expected: "a floating-point type")
        }
        var rows = try forest.scores(Samples(input, call), call)
        for row in rows.indices { transform.apply(&rows[row]) }
        return [.tensor(try call.matrix(rows, columns: forest.targetCount, as: input.elementType))]
    }
}

extension Forest {
    /// The forest of `TreeEnsemble`: inner nodes and leaves in a list of their own, and children by their places there.
    ///
    /// *Throws*: `attribute` when counts differ, an index is out of range, or the nodes form no trees.
    fileprivate init(_ context: NodeContext, targetCount: Int, aggregate: Aggregate) throws(EngineError) {
        let targets = try context.required("leaf_targetids", context.ints("leaf_targetids"))
        let values = try NodeContext.list("leaf_weights", context.tensorDoubles("leaf_weights"), targets.count)
        let features = try context.required("nodes_featureids", context.ints("nodes_featureids"))
        try context.hold((targets.count + features.count) * Self.nodeByteCount)
        if let target = targets.first(where: { $0 < 0 || $0 >= targetCount }) {
            throw .attribute("leaf_targetids", target, expected: "0 to \(targetCount - 1)")
        }
        func branches(_ side: String) throws(EngineError) -> [Branch] {
            let places = try context.ints("nodes_\(side)nodeids", count: features.count)
            let isLeaf = try context.ints("nodes_\(side)leafs", count: features.count)
            var branches: [Branch] = []
            for (place, isLeaf) in zip(places, isLeaf) {
                let count = isLeaf != 0 ? targets.count : features.count
                guard place >= 0, place < count else {
                    throw .attribute("nodes_\(side)nodeids", place, expected: "0 to \(count - 1)")
                }
                branches.append(isLeaf != 0 ? .leaf(place) : .node(place))
            }
            return branches
        }
        let (whenTrue, whenFalse) = (try branches("true"), try branches("false"))
        let comparisons = try Self.comparisons(context, count: features.count)
        let sets = try Self.sets(context, count: comparisons.count { $0 == .member })
        let thresholds = try NodeContext.list("nodes_splits", context.tensorDoubles("nodes_splits"), features.count)
        let missing = try context.missingTracks(count: features.count)
        var nodes: [Node] = []
        var setCount = 0
        for (index, comparison) in comparisons.enumerated() {
            nodes.append(
                Node(
                    comparison: comparison,
                    feature: try Self.checkedFeature(features[index]),
                    threshold: comparison == .member ? Double(setCount) : thresholds[index],
                    isTrueForMissing: missing[index],
                    whenTrue: whenTrue[index],
                    whenFalse: whenFalse[index]
                )
            )
            if comparison == .member { setCount += 1 }
        }
        let roots = try context.required("tree_roots", context.ints("tree_roots"))
        guard !roots.isEmpty else { throw .attribute("tree_roots", "empty", expected: "at least one root") }
        if let root = roots.first(where: { $0 < 0 || $0 >= nodes.count }) {
            throw .attribute("tree_roots", root, expected: "0 to \(nodes.count - 1)")
        }
        try self.init(
            nodes: nodes,
            sets: sets,
            roots: roots.map { .node($0) },
            leaves: Leaves(zip(targets, values).map { Weight(target: $0, value: $1) }),
            targetCount: targetCount,
            aggregate: aggregate
        )
    }

    private static func comparisons(_ context: NodeContext, count: Int) throws(EngineError) -> [Comparison] {
        let modes = try context.required("nodes_modes", context.tensor("nodes_modes"))
        var comparisons: [Comparison] = []
        for number in try modes.integers("`nodes_modes`") {
            guard let comparison = UInt8(exactly: number).flatMap(Comparison.init(rawValue:)) else {
                throw .attribute("nodes_modes", number, expected: "0 to 6")
            }
            comparisons.append(comparison)
        }
        return try NodeContext.list("nodes_modes", comparisons, count)
    }

    /// The sets of `membership_values`, which end with NaN each, in the order of the nodes that ask for one.
    private static func sets(_ context: NodeContext, count: Int) throws(EngineError) -> [Set<Double>] {
        let values = try context.tensorDoubles("membership_values") ?? []
        try context.hold(values.count * weightByteCount)
        var sets = values.split(omittingEmptySubsequences: false) { $0.isNaN }.map { Set($0) }
        if sets.last?.isEmpty == true { sets.removeLast() }
        guard sets.count == count else {
            throw EngineError(.attribute, "`membership_values` has \(sets.count) sets, expected \(count)")
        }
        return sets
    }
}
