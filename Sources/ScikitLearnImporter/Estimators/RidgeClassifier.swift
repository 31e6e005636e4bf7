import Diagnostics
import ModelFormats
import ModelImport

/// Ridge regression on indicators of classes.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coef_`, `intercept_`, and `_label_binarizer` with the classes.
struct RidgeClassifier: MultiClassifier {
    let linear: LinearPrediction
    let targetClasses: [ClassLabels]

    static let entry = EstimatorEntry(
        "sklearn.linear_model.RidgeClassifier",
        "sklearn.linear_model.RidgeClassifierCV"
    ) { object throws(ModelImportError) in
        let binarizer = try object.estimator("_label_binarizer")
        guard binarizer.value["y_type_"]?.string?.hasPrefix("multilabel") == true else {
            return try .classifier(LinearClassification(object, link: nil))
        }
        return try .multiClassifier(RidgeClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        linear = try LinearPrediction(object)
        targetClasses = [ClassLabels](repeating: .ints([0, 1]), count: linear.rowCount)
    }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        let decision = try linear(try input.doubles())
        let labels = try decision.greater(than: 0).cast(to: .int64)
        return try MultiClassification(indicators: labels, decision: decision)
    }
}

extension MultiClassification {
    /// Indicators (int64, `[batch, targets]`) of several targets at once.
    init(indicators: Matrix, probabilities: Matrix? = nil, decision: Matrix? = nil) throws(ModelImportError) {
        var indices: [Matrix] = []
        for column in 0..<indicators.columnCount { indices.append(try indicators.column(column)) }
        self.init(indices: indices, probabilities: probabilities.map { [$0] } ?? [], decision: decision)
    }
}
