import ModelImport

/// Features that are left after the least important ones went, and the estimator on them.
///
/// *Source*: scikit-learn 0.24 to 1.9, `support_`, `estimator_`.
enum RFE {
    static let entry = EstimatorEntry(
        "sklearn.feature_selection.RFE",
        "sklearn.feature_selection.RFECV"
    ) { object throws(ModelImportError) in
        let selection = try Selection(try object.integers("support_").map { $0 != 0 })
        let roles = try object.part("estimator", "estimator_", object.estimator("estimator_"))
        let pipeline = Pipeline(transformers: [("selection", selection)])
        return Roles(predictor: roles.predictor?.behind(pipeline, name: "estimator"), transformer: selection)
    }
}
