import ModelImport

/// Divides each feature by its scale.
///
/// *Source*: scikit-learn 0.24 to 1.9, `scale_`, `clip` (1.8).
struct MaxAbsScaler: MatrixTransformer, InverseTransformer {
    let scales: [Double]
    let clips: Bool

    static let entry = EstimatorEntry("sklearn.preprocessing.MaxAbsScaler") { object throws(ModelImportError) in
        .transformer(try MaxAbsScaler(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        scales = try object.doubles("scale_", count: object.int("n_features_in_"), from: "n_features_in_")
        clips = object.flag("clip")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let scaled = try x / x.row(scales, "scale")
        return clips ? try scaled.clipped(-1, 1) : scaled
    }

    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        x * (try x.row(scales, "scale"))
    }
}
