import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR

/// Trees whose class fractions are averaged: one tree, or a forest, for one target or several.
///
/// *Source*: scikit-learn 0.24 to 1.9, `predict_proba` of `DecisionTreeClassifier` and `ForestClassifier`; a leaf holds
/// fractions since 1.3, and weighted counts before.
struct TreeClassifier {
    let targetClasses: [ClassLabels]
    let trees: [DecisionTree]

    /// The roles of a tree or a forest: for several targets, `classes_` is a list.
    static func roles(_ object: EstimatorObject, trees: [EstimatorObject]) throws(ModelImportError) -> Roles {
        let fitted = try TreeClassifier(object, trees: trees)
        return fitted.isSingle ? .classifier(fitted) : .multiClassifier(fitted)
    }

    private let isSingle: Bool

    init(_ object: EstimatorObject, trees objects: [EstimatorObject]) throws(ModelImportError) {
        isSingle = (object.value["n_outputs_"]?.int ?? 1) == 1
        targetClasses = try isSingle ? [object.classes()] : object.targetClasses()
        trees = try decisionTrees(objects, of: object)
        for tree in trees
        where tree.outputCount != targetClasses.count || targetClasses.contains(where: { $0.count > tree.classCount }) {
            throw ModelImportError(
                .malformed,
                "a tree has \(tree.classCount) classes, expected \(targetClasses[0].count) from `classes_`"
            )
        }
    }

    /// For each target, the sums of the fractions.
    private func sums(_ input: Table) throws(ModelImportError) -> [Matrix] {
        let x = try input.floats()
        var ensemble = TreeEnsemble(branch: .lessOrEqual)
        ensemble.reserveCapacity(trees.map(\.nodeCount).reduce(0, +))
        for (index, tree) in trees.enumerated() {
            tree.append(to: &ensemble, tree: index) { values in fractions(values, stride: tree.classCount) }
        }
        // NUMERICS: fractions are summed first and divided after, so that pure leaves count exactly and ties stay ties.
        let count = targetClasses.map(\.count).reduce(0, +)
        let all = try x.sums(of: ensemble, targetCount: count)
        var sums: [Matrix] = []
        var start = 0
        for classes in targetClasses {
            sums.append(try all.columns(Array(start..<start + classes.count)))
            start += classes.count
        }
        return sums
    }

    private func fractions(_ values: ArraySlice<Double>, stride: Int) -> [Double] {
        var result: [Double] = []
        for (target, classes) in targetClasses.enumerated() {
            let start = values.startIndex + target * stride
            let counts = values[start..<start + classes.count]
            let sum = counts.reduce(0, +)
            result += sum == 0 || abs(sum - 1) <= 1e-9 ? Array(counts) : counts.map { $0 / sum }
        }
        return result
    }

    private func classification(_ sums: Matrix) throws(ModelImportError) -> Classification {
        let probabilities = trees.count > 1 ? try sums / Double(trees.count) : sums
        return Classification(indices: sums.argMax(), probabilities: probabilities)
    }
}

extension TreeClassifier: Classifier {
    var classes: ClassLabels { targetClasses[0] }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        try classification(try sums(input)[0])
    }
}

extension TreeClassifier: MultiClassifier {
    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        var result = MultiClassification(indices: [], probabilities: [])
        for sums in try sums(input) {
            let target = try classification(sums)
            result.indices.append(target.indices)
            if let probabilities = target.probabilities { result.probabilities.append(probabilities) }
        }
        return result
    }
}
