import Diagnostics
import ModelImport

/// Histogram-boosted trees that classify.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `HistogramTrees`; `classes_`.
struct HistGradientBoostingClassifier: Classifier {
    let classes: ClassLabels
    let trees: HistogramTrees

    var inputForm: InputForm { trees.inputForm }

    static let entry = EstimatorEntry(
        "sklearn.ensemble.HistGradientBoostingClassifier"
    ) { object throws(ModelImportError) in
        .classifier(try HistGradientBoostingClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        trees = try HistogramTrees(object)
        guard classes.count == trees.outputCount || (classes.count <= 2 && trees.outputCount == 1) else {
            throw ModelImportError(
                .malformed,
                "there are \(trees.outputCount) trees in an iteration, expected them from \(classes.count) classes"
            )
        }
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let decision = try trees.sums(input)
        guard trees.outputCount == 1 else {
            return Classification(indices: decision.argMax(), probabilities: decision.softmax(), decision: decision)
        }
        return Classification(
            indices: try decision.greaterOrEqual(to: 0).cast(to: .int64),
            probabilities: try decision.sigmoid().withComplement(),
            decision: decision
        )
    }
}
