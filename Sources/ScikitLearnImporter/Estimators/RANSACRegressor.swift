import ModelImport

/// A regressor that was fitted on the inliers.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimator_`.
enum RANSACRegressor {
    static let entry = EstimatorEntry("sklearn.linear_model.RANSACRegressor") { object throws(ModelImportError) in
        try object.part("estimator", "estimator_", object.estimator("estimator_"))
    }
}
