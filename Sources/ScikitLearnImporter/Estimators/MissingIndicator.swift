import Diagnostics
import ModelFormats
import ModelImport

/// Where values are missing.
///
/// *Source*: scikit-learn 0.24 to 1.9, `features_`, `features`, `missing_values`.
struct MissingIndicator: MatrixTransformer {
    let missing: MissingValue
    let features: [Int]

    static let entry = EstimatorEntry("sklearn.impute.MissingIndicator") { object throws(ModelImportError) in
        .transformer(try MissingIndicator(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        missing = try MissingValue(object)
        features = try object.integers("features_")
        let count = try object.int("_n_features")
        guard features.allSatisfy({ (0..<count).contains($0) }) else {
            throw ModelImportError(.malformed, "`features_` names a feature outside of 0..<\(count)")
        }
    }

    /// The indicator that an imputer puts behind its columns; `nil` without one.
    init?(of imputer: EstimatorObject) throws(ModelImportError) {
        guard imputer.flag("add_indicator"), imputer.value["indicator_"]?.className != nil else { return nil }
        try self.init(try imputer.estimator("indicator_"))
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let parts = try parts(try missing.mask(of: x))
        guard let matrix = parts.first else {
            throw ModelImportError(.unsupported, "an indicator without features is not supported")
        }
        return matrix
    }

    /// The indicated columns of booleans, as numbers: one matrix, or none.
    func parts(_ isMissing: Matrix) throws(ModelImportError) -> [Matrix] {
        features.isEmpty ? [] : [try isMissing.columns(features).cast(to: .double)]
    }
}
