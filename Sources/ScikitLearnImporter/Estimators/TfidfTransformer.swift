import Diagnostics
import ModelFormats
import ModelImport

/// Counts of terms, weighted by how rare a term is.
///
/// *Source*: scikit-learn 0.24 to 1.9, `idf_` (the data of `_idf_diag` before 1.4), `norm`, `use_idf`, `sublinear_tf`.
struct TfidfTransformer: MatrixTransformer {
    let weights: [Double]?
    let norm: Matrix.Norm?
    let isSublinear: Bool

    static let entry = EstimatorEntry("sklearn.feature_extraction.text.TfidfTransformer") {
        object throws(ModelImportError) in
        .transformer(try TfidfTransformer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        if !object.flag("use_idf", fallback: true) {
            weights = nil
        } else if object.value["_idf_diag"]?.className != nil {
            weights = try object.estimator("_idf_diag").doubles("data")
        } else {
            weights = try object.doubles("idf_")
        }
        if let count = try object.featureCount(), let weights, weights.count != count {
            throw ModelImportError(
                .malformed,
                "`idf_` has \(weights.count) elements, expected \(count) from `n_features_in_`"
            )
        }
        isSublinear = object.flag("sublinear_tf")
        norm = try object.norm()
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var result = x
        if isSublinear {
            let isZero = try x.equal(to: 0)
            result = try isZero.choose(0, isZero.choose(1, x).log() + 1)
        }
        if let weights {
            let weighted = try result * x.row(weights, "idf")
            // A term that no text had in training weighs infinitely much, and what is 0 times that stays 0.
            let isFinite = weights.allSatisfy(\.isFinite)
            result = isFinite ? weighted : try x.equal(to: 0).choose(0, weighted)
        }
        guard let norm else { return result }
        return try result.normalised(norm, from: 0)
    }
}
