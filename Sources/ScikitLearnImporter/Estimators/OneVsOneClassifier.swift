import Diagnostics
import ModelImport

/// A classifier for each pair of classes.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `classes_`, `pairwise_indices_`.
struct OneVsOneClassifier: Classifier {
    let classes: ClassLabels
    let classifiers: [any Classifier]

    var inputForm: InputForm { classifiers[0].inputForm }

    static let entry = EstimatorEntry("sklearn.multiclass.OneVsOneClassifier") { object throws(ModelImportError) in
        .classifier(try OneVsOneClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        classifiers = try object.classifiers()
        try object.refuse(object.array("pairwise_indices_") != nil, "a precomputed kernel for pairs of classes")
        guard classifiers.count == classes.count * (classes.count - 1) / 2 else {
            throw ModelImportError(
                .malformed,
                "`estimators_` has \(classifiers.count) elements, expected one for each pair of \(classes.count) classes"
            )
        }
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var predictions: [Matrix] = []
        var confidences: [Matrix] = []
        var threshold = 0.0
        for classifier in classifiers {
            let result = try classifier.classify(input)
            let (score, limit) = try result.binaryScore()
            threshold = limit
            predictions.append(result.indices.cast(to: .double))
            confidences.append(score)
        }
        let decision = try Matrix.concatenated(confidences).oneVersusRest(
            predictions: .concatenated(predictions),
            classCount: classes.count
        )
        guard classes.count > 2 else {
            let second = try decision.column(1)
            return Classification(
                indices: try second.greater(than: threshold).cast(to: .int64),
                decision: second
            )
        }
        return Classification(indices: decision.argMax(), decision: decision)
    }
}

extension Matrix {
    /// Votes of pairs of classes, with their confidences to break ties.
    ///
    /// *Shapes*: `[batch, pairs]`, confidences for and predictions (0 or 1) of the second class, to `[batch, classes]`.
    /// *Source*: scikit-learn 0.24 to 1.9, `_ovr_decision_function`.
    func oneVersusRest(predictions: Matrix, classCount: Int) throws(ModelImportError) -> Matrix {
        let pairs = (0..<classCount).flatMap { first in (first + 1..<max(classCount, first + 1)).map { (first, $0) } }
        let firsts = try FilledMatrix.indicators("the pairs of classes", pairs.map(\.0), width: classCount)
        let seconds = try FilledMatrix.indicators("the pairs of classes", pairs.map(\.1), width: classCount)
        let differences = zip(seconds, firsts).map { $0 - $1 }
        let sums = try product(differences, columns: classCount, "pairs")
        let votes =
            try predictions.product(seconds, columns: classCount, "pairs")
            + (1 - predictions).product(firsts, columns: classCount, "pairs")
        return try votes + sums / ((sums.absolute() + 1) * 3)
    }
}
