import ModelFormats
import ModelImport

/// Logistic regression of two or more classes.
///
/// *Source*: scikit-learn 0.24 to 1.9, `predict_proba` of `LogisticRegression`; `multi_class` is gone since 1.8.
enum LogisticRegression {
    static let entry = EstimatorEntry(
        "sklearn.linear_model.LogisticRegression",
        "sklearn.linear_model.LogisticRegressionCV"
    ) { object throws(ModelImportError) in
        let classCount = try object.classes().count
        let isOneVersusRest =
            switch object.value["multi_class"]?.string {
            case "multinomial": false
            case "ovr", "warn": true
            default: classCount == 2 || object.value["solver"]?.string == "liblinear"
            }
        return .classifier(
            try LinearClassification(object, link: isOneVersusRest ? .oneVersusRest : .multinomial)
        )
    }
}
