import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR

/// Trees whose class fractions are averaged: one tree, or a forest.
///
/// *Source*: scikit-learn 0.24 to 1.9, `predict_proba` of `DecisionTreeClassifier` and `ForestClassifier`; a leaf holds
/// fractions since 1.3, and weighted counts before.
struct TreeClassifier: Classifier {
    let classes: ClassLabels
    let trees: [DecisionTree]

    init(_ object: EstimatorObject, trees objects: [EstimatorObject]) throws(ModelImportError) {
        let outputCount = object.value["n_outputs_"]?.int ?? 1
        guard outputCount == 1 else {
            throw ModelImportError(.unsupported, "classifiers of \(outputCount) outputs are not supported, expected 1")
        }
        classes = try object.classes()
        trees = try decisionTrees(objects, of: object)
        guard classes.count >= 2 else {
            throw ModelImportError(.unsupported, "classifiers of \(classes.count) class are not supported, expected 2")
        }
        for tree in trees where tree.outputCount != 1 || tree.classCount != classes.count {
            throw ModelImportError(
                .malformed,
                "a tree has \(tree.classCount) classes, expected \(classes.count) from `classes_`"
            )
        }
    }

    func classify(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Classification {
        let input = matrix.cast(to: .float, in: &builder)
        var ensemble = TreeEnsemble(branch: .lessOrEqual)
        for (index, tree) in trees.enumerated() {
            tree.append(to: &ensemble, tree: index, weights: Self.fractions)
        }
        // NUMERICS: fractions are summed first and divided after, so that pure leaves count exactly and ties stay ties.
        let sums = builder.node(
            "TreeEnsembleRegressor",
            domain: .onnxML,
            [input.value],
            ensemble.regressorAttributes(targetCount: classes.count, base: [])
        )
        let attributes = [Attribute("axis", .int(1)), Attribute("keepdims", .int(0))]
        let indices = builder.node("ArgMax", [sums], attributes)
        var probabilities = Matrix(value: sums, elementType: .float, columnCount: classes.count)
        if trees.count > 1 {
            let count = builder.constant(try floats([Float(trees.count)], []), name: "tree_count")
            probabilities.value = builder.node("Div", [sums, count])
        }
        return Classification(indices: indices, probabilities: probabilities)
    }

    private static func fractions(_ values: ArraySlice<Double>) -> [Double] {
        let sum = values.reduce(0, +)
        guard sum != 0, abs(sum - 1) > 1e-9 else { return Array(values) }
        return values.map { $0 / sum }
    }
}

/// The fitted trees of an estimator.
func decisionTrees(_ objects: [EstimatorObject], of object: EstimatorObject) throws(ModelImportError) -> [DecisionTree]
{
    let featureCount = try object.int(object.value["n_features_in_"] == nil ? "n_features_" : "n_features_in_")
    guard !objects.isEmpty else { throw ModelImportError(.malformed, "there are no trees, expected at least one") }
    var trees: [DecisionTree] = []
    for (index, tree) in objects.enumerated() {
        let place = Place.item("tree", "\(index)", tree.className)
        trees.append(
            try locating(place) { () throws(ModelImportError) in
                try DecisionTree(tree, featureCount: featureCount)
            }
        )
    }
    return trees
}
