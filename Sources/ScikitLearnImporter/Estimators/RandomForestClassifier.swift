import ModelImport

/// Forests that classify.
enum RandomForestClassifier {
    static let entry = EstimatorEntry(
        "sklearn.ensemble.ExtraTreesClassifier",
        "sklearn.ensemble.RandomForestClassifier"
    ) { object throws(ModelImportError) in
        try TreeClassifier.roles(object, trees: try object.nestedList("estimators_"))
    }
}
