import ModelImport

/// Features that were chosen one after the other.
///
/// *Source*: scikit-learn 0.24 to 1.9, `support_`.
enum SequentialFeatureSelector {
    static let entry = EstimatorEntry(
        "sklearn.feature_selection.SequentialFeatureSelector"
    ) { object throws(ModelImportError) in
        .transformer(try Selection(try object.integers("support_").map { $0 != 0 }))
    }
}
