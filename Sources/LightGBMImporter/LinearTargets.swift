import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Linear leaves as sums of trees: beside each score, the trees sum the coefficients of each feature, which is multiplied
/// with them once behind the trees.
///
/// *Source*: LightGBM 3.2 to 4.7, `Tree::Predict`: where a feature of a leaf is missing, its constant value is taken.
struct LinearTargets {
    private let groupCount: Int
    /// The features that leaves use, rising; a feature's place here is that of its coefficients.
    private let features: [Int]
    private let places: [Int: Int]

    init(trees: [Tree], groupCount: Int) {
        self.groupCount = groupCount
        let used = trees.lazy.flatMap(\.leaves).compactMap(\.linear).flatMap(\.features)
        features = Set(used).sorted()
        places = Dictionary(uniqueKeysWithValues: features.enumerated().map { ($0.element, $0.offset) })
    }

    /// The targets of the sum: the scores, and behind them, for each feature, a coefficient for each score.
    var targetCount: Int { groupCount * (1 + features.count) }

    /// Adds a leaf: one node, or a chain of splits that ask whether one of its features is missing.
    func append(_ leaf: Tree.Leaf, to sum: inout TreeSum, tree: Int, node: Int, group: Int, next: inout Int) {
        guard let linear = leaf.linear else {
            sum.leaf(tree: tree, node: node, weights: [(group, leaf.value)])
            return
        }
        var node = node
        for feature in Set(linear.features).sorted() {
            let (present, missing) = (next, next + 1)
            next += 2
            sum.split(
                tree: tree,
                node: node,
                feature: feature,
                threshold: .infinity,
                children: (present, missing),
                missingGoesFirst: false
            )
            sum.leaf(tree: tree, node: missing, weights: [(group, leaf.value)])
            node = present
        }
        var coefficients: [Int: Double] = [:]
        for (feature, coefficient) in zip(linear.features, linear.coefficients) {
            coefficients[places[feature] ?? 0, default: 0] += coefficient
        }
        let weights = coefficients.sorted { $0.key < $1.key }
            .map { (target: groupCount * (1 + $0.key) + group, weight: $0.value) }
        sum.leaf(tree: tree, node: node, weights: [(group, linear.constant)] + weights)
    }

    /// Adds the nodes that multiply coefficients with features, and sum.
    ///
    /// *Shapes*: `[batch, targets]` of sums to `[batch, groups]`.
    /// *Types*: double, and features of any type.
    func evaluated(
        _ sums: String,
        features matrix: String,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        guard !features.isEmpty else { return sums }
        let shape = try builder.constant(
            [0, Int64(1 + features.count), Int64(groupCount)],
            name: "coefficient_shape"
        )
        let coefficients = builder.node("Reshape", [sums, shape])
        let places = try builder.constant(features.map { Int64($0) }, name: "linear_features")
        let used = builder.node("Gather", [matrix, places], [Attribute("axis", .int(1))])
        let values = builder.cast(used, to: .double)
        let one = try builder.constant([-1 as Int64], name: "last")
        let columns = builder.node("Unsqueeze", [values, one])
        let padding = try builder.constant([0, 1, 0, 0, 0, 0] as [Int64], name: "padding")
        let factors = builder.node("Pad", [columns, padding, try builder.scalar(1, of: .double, name: "one")])
        let zero = try builder.scalar(0, of: .double, name: "zero")
        // A coefficient that is not there makes 0 of NaN and infinities too.
        let isAbsent = builder.node("Equal", [coefficients, zero])
        let products = builder.node("Where", [isAbsent, zero, builder.node("Mul", [coefficients, factors])])
        let axis = try builder.constant([1 as Int64], name: "feature_axis")
        return builder.node("ReduceSum", [products, axis], [Attribute("keepdims", .int(0))])
    }
}
