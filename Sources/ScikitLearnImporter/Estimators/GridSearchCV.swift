import ModelFormats
import ModelImport

/// Searches and other wrappers that hand their samples to one fitted estimator.
///
/// *Source*: scikit-learn 0.24 to 1.9, `best_estimator_` of searches; `estimator` of `FrozenEstimator` (1.6); `estimator_`
/// of `SelfTrainingClassifier` (`base_estimator_` before 1.6).
enum GridSearchCV {
    static let entry = EstimatorEntry(
        "sklearn.frozen.FrozenEstimator",
        "sklearn.model_selection.GridSearchCV",
        "sklearn.model_selection.HalvingGridSearchCV",
        "sklearn.model_selection.HalvingRandomSearchCV",
        "sklearn.model_selection.RandomizedSearchCV",
        "sklearn.semi_supervised.SelfTrainingClassifier"
    ) { object throws(ModelImportError) in
        let names = ["best_estimator_", "estimator_", "base_estimator_", "estimator"]
        let name = names.first { object.value[$0]?.className != nil } ?? "best_estimator_"
        return try object.part("estimator", name, try object.estimator(name))
    }
}
