import ModelImport

/// Regressors on samples of the training set, whose predictions are averaged.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `estimators_features_`.
struct BaggingRegressor: Regressor {
    let regressors: [any Regressor]
    let features: [[Int]]

    var predictsMatrix: Bool { regressors[0].predictsMatrix }
    var inputForm: InputForm { regressors[0].inputForm.forAll(features, of: regressors.count) }

    static let entry = EstimatorEntry("sklearn.ensemble.BaggingRegressor") { object throws(ModelImportError) in
        .regressor(try BaggingRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        regressors = try object.regressors()
        features = try object.featureSubsets(count: regressors.count)
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        var parts: [Matrix] = []
        for (regressor, features) in zip(regressors, features) {
            parts.append(try regressor.predict(try input.columns(features)).cast(to: .double))
        }
        return try Matrix.sum(parts) / Double(parts.count)
    }
}
