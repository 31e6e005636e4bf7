import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// The trees of a booster `gbtree` or `dart`.
struct TreeModel {
    let trees: [RegressionTree]
    /// What the leaves of each tree are multiplied with; `nil` for `gbtree`.
    let weights: [Float]?
    let featureCount: Int
    let groupCount: Int

    /// Reads the trees up to an iteration, or all of them.
    init(
        _ booster: DocumentValue,
        isDart: Bool,
        featureCount: Int,
        groupCount: Int,
        bestIteration: String?
    ) throws(ModelImportError) {
        self.featureCount = featureCount
        self.groupCount = groupCount
        let model = isDart ? booster["gbtree"]?["model"] : booster["model"]
        guard let elements = model?["trees"]?.elements, let groups = model?["tree_info"]?.numbers,
            groups.count == elements.count
        else { throw ModelImportError(.malformed, "`trees` and `tree_info` are not arrays of the same length") }
        weights = isDart ? booster["weight_drop"]?.numbers?.map { Float($0) } : nil
        guard !isDart || weights?.count == elements.count else {
            throw ModelImportError(.malformed, "`weight_drop` is not an array with a weight for each tree")
        }
        let used = try Self.used(elements, of: model, groupCount: groupCount, bestIteration: bestIteration)
        var trees: [RegressionTree] = []
        for (index, element) in used.enumerated() {
            trees.append(
                try locating(.item("tree", "\(index)")) { () throws(ModelImportError) in
                    guard let group = Int(exactly: groups[index]), (0..<groupCount).contains(group) else {
                        throw ModelImportError(
                            .malformed,
                            "`tree_info` is \(groups[index]), expected one of 0..<\(groupCount)"
                        )
                    }
                    return try RegressionTree(
                        element,
                        group: group,
                        groupCount: groupCount,
                        featureCount: featureCount
                    )
                }
            )
        }
        self.trees = trees
    }

    // SPEC: xgboost.sklearn `_get_iteration_range`: trees up to the best iteration; -1 ends the range at 0, all trees.
    private static func used(
        _ trees: [DocumentValue],
        of model: DocumentValue?,
        groupCount: Int,
        bestIteration text: String?
    ) throws(ModelImportError) -> ArraySlice<DocumentValue> {
        guard let text, text != "-1" else { return trees[...] }
        let parameters = LearnerParameters(document: model?["gbtree_model_param"], name: "gbtree_model_param")
        let parallelCount = max(1, try parameters.count("num_parallel_tree", fallback: 1, in: 0...1 << 20))
        let ends = model?["iteration_indptr"]?.numbers?.dropFirst().compactMap { Int(exactly: $0) }
        let iterationCount = ends?.count ?? trees.count / (parallelCount * groupCount)
        guard let best = Int(text), (0..<iterationCount).contains(best) else {
            throw ModelImportError(
                .malformed,
                "`attributes.best_iteration` is `\(text.prefix(40))`, expected -1 or one of 0..<\(iterationCount)"
            )
        }
        let end = ends?[best] ?? (best + 1) * parallelCount * groupCount
        guard (0...trees.count).contains(end) else {
            throw ModelImportError(.malformed, "`iteration_indptr` holds \(end), expected 0...\(trees.count)")
        }
        return trees[..<end]
    }

    /// The sum of the trees for each output, on top of the base.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, groups]`.
    /// *Numerics*: XGBoost adds floats, from the base on, tree by tree. With the base in the leaves of the first tree,
    /// runtimes that go through the trees in order give the very same sums.
    func margins(of features: String, base: [Float], _ builder: inout GraphBuilder) throws(ModelImportError) -> String {
        let sources = trees.flatMap(derivedColumns)
        let columns = try SplitColumns(featureCount: featureCount, sources: sources, roundsDown: true)
        let matrix = try columns.matrix(of: features, type: .float, &builder)
        var ensemble = TreeEnsemble(branch: .less)
        var rest = base
        for (index, tree) in trees.enumerated() {
            append(tree, to: &ensemble, index: index, weight: weights?[index], base: &rest, columns: columns)
        }
        let unused = rest.enumerated().filter { $0.element != 0 }
            .map { (target: $0.offset, weight: Double($0.element)) }
        if !unused.isEmpty { ensemble.leaf(tree: trees.count, node: 0, weights: unused) }
        return try importing { () throws(TensorError) in
            try ensemble.sums(of: matrix, type: .float, targetCount: groupCount, &builder)
        }
    }

    private func derivedColumns(_ tree: RegressionTree) -> [SplitColumns.Source] {
        tree.reachable.compactMap { node in
            tree.isLeaf(node) ? nil : tree.categories[node].map { .membership(feature: tree.features[node], $0) }
        }
    }

    /// Adds the nodes of a tree, and of the base what is not in a tree yet.
    private func append(
        _ tree: RegressionTree,
        to ensemble: inout TreeEnsemble,
        index: Int,
        weight: Float?,
        base: inout [Float],
        columns: SplitColumns
    ) {
        var added: Set<Int> = []
        for node in tree.reachable {
            guard tree.isLeaf(node) else {
                let set = tree.categories[node]
                ensemble.split(
                    tree: index,
                    node: node,
                    feature: set.map { columns.index(of: .membership(feature: tree.features[node], $0)) }
                        ?? tree.features[node],
                    threshold: set == nil ? Double(tree.conditions[node]) : 0.5,
                    children: set == nil ? (tree.left[node], tree.right[node]) : (tree.right[node], tree.left[node]),
                    missingGoesFirst: set == nil && tree.defaultLeft[node]
                )
                continue
            }
            let values = tree.leafValues.values(of: node, group: tree.group)
            ensemble.leaf(
                tree: index,
                node: node,
                weights: values.map { ($0.target, Double(base[$0.target] + $0.weight * (weight ?? 1))) }
            )
            added.formUnion(values.map(\.target))
        }
        for target in added { base[target] = 0 }
    }
}
