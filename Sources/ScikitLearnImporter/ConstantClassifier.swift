import ModelImport

/// What stands in for a classifier where training saw only one of two classes.
///
/// *Source*: scikit-learn 0.24 to 1.9, `multiclass._ConstantPredictor`: `y_`.
struct ConstantClassifier: Classifier {
    let answer: Double

    var classes: ClassLabels { .ints([0, 1]) }

    /// The classifier; `nil` for another object.
    init?(_ object: EstimatorObject) throws(ModelImportError) {
        guard object.className.hasSuffix("._ConstantPredictor") else { return nil }
        answer = try object.doubles("y_").first ?? 0
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let decision = try input.parts[0].cast(to: .double).filled(with: [answer])
        return Classification(
            indices: decision.cast(to: .int64),
            probabilities: try decision.withComplement(),
            decision: decision
        )
    }
}
