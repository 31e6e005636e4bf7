import ModelFormats
import ModelImport

/// Boosted trees that predict a number.
///
/// *Source*: scikit-learn 0.24 to 1.9, `init_`, `estimators_`.
struct GradientBoostingRegressor: Regressor {
    let trees: BoostedTrees
    let initial: (any Regressor)?

    static let entry = EstimatorEntry("sklearn.ensemble.GradientBoostingRegressor") { object throws(ModelImportError) in
        .regressor(try GradientBoostingRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        trees = try BoostedTrees(object)
        initial =
            try object.value["init_"]?.className == nil
            ? nil : object.regressor("estimator", "init_", try object.estimator("init_"))
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let sums = try trees.sums(input)
        guard let initial else { return sums }
        return try sums + initial.predict(input).cast(to: .double)
    }
}
