import ModelImport

/// Forests that predict numbers.
enum RandomForestRegressor {
    static let entry = EstimatorEntry(
        "sklearn.ensemble.ExtraTreesRegressor",
        "sklearn.ensemble.RandomForestRegressor"
    ) { object throws(ModelImportError) in
        .regressor(try TreeRegressor(object, trees: try object.nestedList("estimators_")))
    }
}
