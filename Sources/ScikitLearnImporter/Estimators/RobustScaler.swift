import ModelImport

/// Subtracts medians and divides by ranges of quantiles.
///
/// *Source*: scikit-learn 0.24 to 1.9, `center_`, `scale_`, `with_centering`, `with_scaling`.
struct RobustScaler: MatrixTransformer, InverseTransformer {
    let centers: [Double]?
    let scales: [Double]?

    static let entry = EstimatorEntry("sklearn.preprocessing.RobustScaler") { object throws(ModelImportError) in
        .transformer(try RobustScaler(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let count = try object.int("n_features_in_")
        centers =
            try object.bool("with_centering")
            ? object.doubles("center_", count: count, from: "n_features_in_") : nil
        scales =
            try object.bool("with_scaling")
            ? object.doubles("scale_", count: count, from: "n_features_in_") : nil
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var result = x
        if let centers { result = result - (try x.row(centers, "center")) }
        if let scales { result = result / (try x.row(scales, "scale")) }
        return result
    }

    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var result = x
        if let scales { result = result * (try x.row(scales, "scale")) }
        if let centers { result = result + (try x.row(centers, "center")) }
        return result
    }
}
