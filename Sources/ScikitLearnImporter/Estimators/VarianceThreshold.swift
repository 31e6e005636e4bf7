import ModelImport

/// The features whose variance is above a threshold.
///
/// *Source*: scikit-learn 0.24 to 1.9, `variances_`, `threshold`.
enum VarianceThreshold {
    static let entry = EstimatorEntry("sklearn.feature_selection.VarianceThreshold") {
        object throws(ModelImportError) in
        let threshold = try object.double("threshold")
        return .transformer(try Selection(try object.doubles("variances_").map { $0 > threshold }))
    }
}
