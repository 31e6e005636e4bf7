import ModelImport

/// Subtracts means and divides by standard deviations.
///
/// *Source*: scikit-learn 0.24 to 1.9, `mean_` and `scale_`, `None` where `with_mean` or `with_std` is false.
struct StandardScaler: MatrixTransformer, InverseTransformer {
    let means: [Double]?
    let scales: [Double]?

    static let entry = EstimatorEntry("sklearn.preprocessing.StandardScaler") { object throws(ModelImportError) in
        .transformer(try StandardScaler(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let count = try object.int("n_features_in_")
        means =
            try object.bool("with_mean") ? object.doubles("mean_", count: count, from: "n_features_in_") : nil
        scales =
            try object.bool("with_std") ? object.doubles("scale_", count: count, from: "n_features_in_") : nil
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var result = x
        if let means { result = result - (try x.row(means, "mean")) }
        if let scales { result = result / (try x.row(scales, "scale")) }
        return result
    }

    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var result = x
        if let scales { result = result * (try x.row(scales, "scale")) }
        if let means { result = result + (try x.row(means, "mean")) }
        return result
    }
}
