import ModelFormats
import ModelImport

/// Linear classifiers by stochastic gradient descent, with probabilities for two of their losses.
///
/// *Source*: scikit-learn 0.24 to 1.9, `loss`: `log` is `log_loss` since 1.1.
enum SGDClassifier {
    static let entry = EstimatorEntry("sklearn.linear_model.SGDClassifier") { object throws(ModelImportError) in
        let link: DecisionLink? =
            switch object.value["loss"]?.string {
            case "log", "log_loss": .oneVersusRest
            case "modified_huber": .modifiedHuber
            default: nil
            }
        return try .classifier(LinearClassification(object, link: link))
    }
}
