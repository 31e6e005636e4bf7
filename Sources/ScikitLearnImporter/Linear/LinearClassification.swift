import Diagnostics
import ModelImport

/// Classes by the sign of one linear decision, or by the greatest of several.
///
/// *Source*: scikit-learn 0.24 to 1.9, `LinearClassifierMixin`.
struct LinearClassification: Classifier {
    let linear: LinearPrediction
    let classes: ClassLabels
    /// How decisions become probabilities; `nil` for a class without `predict_proba`.
    let link: DecisionLink?

    init(_ object: EstimatorObject, link: DecisionLink?) throws(ModelImportError) {
        linear = try LinearPrediction(object)
        classes = try object.classes()
        let rowCount = classes.count == 2 ? 1 : classes.count
        guard classes.count >= 2, linear.rowCount == rowCount else {
            throw ModelImportError(
                .malformed,
                "`coef_` has \(linear.rowCount) rows, expected \(rowCount) from `classes_`"
            )
        }
        self.link = link
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let decision = try linear(try input.doubles())
        return Classification(
            indices: try decision.decidedClass(),
            probabilities: try link?.probabilities(of: decision),
            decision: decision
        )
    }
}
