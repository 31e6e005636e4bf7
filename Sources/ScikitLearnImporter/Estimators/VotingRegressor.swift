import ModelImport

/// The weighted mean of regressors.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `weights`.
struct VotingRegressor: Regressor {
    let regressors: [any Regressor]
    let weights: [Double]

    var inputForm: InputForm { .shared(by: regressors.map(\.inputForm)) }

    static let entry = EstimatorEntry("sklearn.ensemble.VotingRegressor") { object throws(ModelImportError) in
        .regressor(try VotingRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        regressors = try object.regressors()
        weights = try object.votingWeights(count: regressors.count)
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        var parts: [Matrix] = []
        for (regressor, weight) in zip(regressors, weights) {
            parts.append(try regressor.predict(input).cast(to: .double) * weight)
        }
        return try Matrix.sum(parts) / weights.reduce(0, +)
    }
}
