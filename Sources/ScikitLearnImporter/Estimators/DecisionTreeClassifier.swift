import ModelImport

/// One tree that classifies.
enum DecisionTreeClassifier {
    static let entry = EstimatorEntry(
        "sklearn.tree.DecisionTreeClassifier",
        "sklearn.tree.ExtraTreeClassifier"
    ) { object throws(ModelImportError) in
        try TreeClassifier.roles(object, trees: [object])
    }
}
