import ModelImport

/// Linear classifiers that have decisions and no probabilities.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coef_`, `intercept_`, `classes_`.
enum LinearSVC {
    static let entry = EstimatorEntry(
        "sklearn.linear_model.PassiveAggressiveClassifier",
        "sklearn.linear_model.Perceptron",
        "sklearn.svm.LinearSVC"
    ) { object throws(ModelImportError) in
        .classifier(try LinearClassification(object, link: nil))
    }
}
