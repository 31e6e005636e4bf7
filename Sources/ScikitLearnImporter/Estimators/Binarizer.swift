import ModelImport

/// 1 for numbers above a threshold, and 0 for others.
///
/// *Source*: scikit-learn 0.24 to 1.9, `threshold`.
struct Binarizer: MatrixTransformer {
    let threshold: Double

    static let entry = EstimatorEntry("sklearn.preprocessing.Binarizer") { object throws(ModelImportError) in
        .transformer(Binarizer(threshold: try object.double("threshold")))
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try x.greater(than: threshold).cast(to: .double)
    }
}
