import ModelImport

/// One tree that predicts numbers.
enum DecisionTreeRegressor {
    static let entry = EstimatorEntry(
        "sklearn.tree.DecisionTreeRegressor",
        "sklearn.tree.ExtraTreeRegressor"
    ) { object throws(ModelImportError) in
        .regressor(try TreeRegressor(object, trees: [object]))
    }
}
