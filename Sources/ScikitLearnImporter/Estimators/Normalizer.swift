import Diagnostics
import ModelImport

/// Divides each sample by its norm.
///
/// *Source*: scikit-learn 0.24 to 1.9, `norm`.
struct Normalizer: MatrixTransformer {
    let norm: Matrix.Norm

    static let entry = EstimatorEntry("sklearn.preprocessing.Normalizer") { object throws(ModelImportError) in
        .transformer(try Normalizer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        guard let norm = try object.norm() else {
            throw ModelImportError(.malformed, "`norm` is missing, expected `l1`, `l2` or `max`")
        }
        self.norm = norm
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix { try x.normalised(norm) }
}
