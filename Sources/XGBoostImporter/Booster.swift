import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// The trees of a saved booster, and what it says of itself.
///
/// *Source*: XGBoost's `doc/model.schema`, versions 1.0 to 3.2.
struct Booster {
    let version: String?
    let objective: String
    let featureCount: Int
    let featureNames: [String]?
    /// Outputs: the classes of a multi-class objective, otherwise 1.
    let groupCount: Int
    let baseScores: [Double]
    let trees: [RegressionTree]
    /// The labels of the classes where they are not indices.
    let classLabels: ClassLabels?
    let warnings: [String]

    init(_ document: DocumentValue) throws(ModelImportError) {
        guard let learner = document["learner"] else {
            throw ModelImportError(.malformed, "`learner` is missing, expected an object")
        }
        version = document["version"]?.numbers.map { $0.map { "\(Int(exactly: $0) ?? 0)" }.joined(separator: ".") }
        guard let objective = learner["objective"]?["name"]?.string else {
            throw ModelImportError(.malformed, "`learner.objective.name` is missing, expected text")
        }
        self.objective = objective
        let parameters = LearnerParameters(document: learner["learner_model_param"], name: "learner_model_param")
        featureCount = try parameters.count("num_feature", in: 1...1 << 24)
        groupCount = max(1, try parameters.count("num_class", fallback: 0, in: 0...1 << 20))
        let targetCount = try parameters.count("num_target", fallback: 1, in: 0...1 << 20)
        guard targetCount <= 1 else {
            throw ModelImportError(.unsupported, "boosters of \(targetCount) targets are not supported, expected 1")
        }
        baseScores = try parameters.baseScores(count: groupCount)
        let names = learner["feature_names"]?.elements?.compactMap(\.string) ?? []
        featureNames = names.isEmpty ? nil : names
        let attributes = learner["attributes"]
        let wrapper = attributes?["scikit_learn"]?.string
        classLabels = wrapper.flatMap { Self.labels(ofWrapper: $0) }
        let bestIteration = attributes?["best_iteration"]?.string
        trees = try Self.trees(
            of: learner["gradient_booster"],
            featureCount: featureCount,
            groupCount: groupCount,
            bestIteration: wrapper == nil ? nil : bestIteration
        )
        warnings =
            wrapper == nil && bestIteration != nil
            ? ["training stopped early and all trees are used, as `Booster.predict` does"] : []
    }

    /// The labels that the scikit-learn wrapper of versions before 1.6 encoded; `nil` for later ones.
    private static func labels(ofWrapper text: String) -> ClassLabels? {
        guard let classes = jsonDocument(text)?["_le"]?["classes_"] else { return nil }
        if let numbers = classes.numbers, !numbers.isEmpty {
            let ints = numbers.compactMap { Int64(exactly: $0) }
            return ints.count == numbers.count ? .ints(ints) : .doubles(numbers)
        }
        let strings = classes.elements?.compactMap(\.string) ?? []
        return strings.isEmpty ? nil : .strings(strings)
    }

    private static func trees(
        of booster: DocumentValue?,
        featureCount: Int,
        groupCount: Int,
        bestIteration: String?
    ) throws(ModelImportError) -> [RegressionTree] {
        let name = booster?["name"]?.string ?? ""
        guard let booster, ["gbtree", "dart"].contains(name) else {
            throw ModelImportError(.unsupported, "booster `\(name)` is not supported, expected `gbtree` or `dart`")
        }
        let isDart = name == "dart"
        let model = isDart ? booster["gbtree"]?["model"] : booster["model"]
        guard let elements = model?["trees"]?.elements, let groups = model?["tree_info"]?.numbers,
            groups.count == elements.count
        else { throw ModelImportError(.malformed, "`trees` and `tree_info` are not arrays of the same length") }
        let weights = isDart ? booster["weight_drop"]?.numbers : [Double](repeating: 1, count: elements.count)
        guard let weights, weights.count == elements.count else {
            throw ModelImportError(.malformed, "`weight_drop` is not an array with a weight for each tree")
        }
        let parameters = LearnerParameters(document: model?["gbtree_model_param"], name: "gbtree_model_param")
        let perIteration = try parameters.count("num_parallel_tree", fallback: 1, in: 0...1 << 20)
        let usedCount = try usedTreeCount(
            of: elements.count,
            perIteration: max(1, perIteration) * groupCount,
            bestIteration: bestIteration
        )
        var trees: [RegressionTree] = []
        for (index, element) in elements.enumerated().prefix(usedCount) {
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
                        weight: Float(weights[index]),
                        featureCount: featureCount
                    )
                }
            )
        }
        return trees
    }

    // SPEC: xgboost.sklearn `_get_iteration_range`: trees up to the best iteration; -1 ends the range at 0, all trees.
    private static func usedTreeCount(
        of treeCount: Int,
        perIteration: Int,
        bestIteration text: String?
    ) throws(ModelImportError) -> Int {
        guard let text, text != "-1" else { return treeCount }
        let iterationCount = treeCount / perIteration
        guard let best = Int(text), (0..<iterationCount).contains(best) else {
            throw ModelImportError(
                .malformed,
                "`attributes.best_iteration` is `\(text.prefix(40))`, expected -1 or one of 0..<\(iterationCount)"
            )
        }
        return (best + 1) * perIteration
    }

    /// The sum of the trees for each output, on top of the base scores.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, groups]`.
    func margins(
        of input: String,
        objective: Objective,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        var ensemble = TreeEnsemble(branch: .less)
        for (index, tree) in trees.enumerated() { tree.append(to: &ensemble, tree: index) }
        if ensemble.isEmpty { ensemble.leaf(tree: 0, node: 0, weights: [(0, 0)]) }
        let base = try objective.margins(of: baseScores)
        return builder.node(
            "TreeEnsembleRegressor",
            domain: .onnxML,
            [input],
            ensemble.regressorAttributes(targetCount: groupCount, base: base)
        )
    }
}
