import ModelImport

/// Projection on the singular vectors of a cross-covariance.
///
/// *Source*: scikit-learn 0.24 to 1.9, `_x_mean`, `_x_std`, `x_weights_`.
struct PLSSVD: MatrixTransformer {
    let means: [Double]
    let scales: [Double]
    let weights: Projection

    static let entry = EstimatorEntry("sklearn.cross_decomposition.PLSSVD") { object throws(ModelImportError) in
        .transformer(try PLSSVD(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let count = try object.int("n_features_in_")
        means = try object.doubles("_x_mean", count: count, from: "n_features_in_")
        scales = try object.doubles("_x_std", count: count, from: "n_features_in_")
        weights = try Projection(object, "x_weights_", rows: count)
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try weights((x - x.row(means, "mean")) / x.row(scales, "scale"))
    }
}
