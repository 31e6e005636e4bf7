import Diagnostics
import ModelFormats
import ModelImport

/// Brings each feature into a range.
///
/// *Source*: scikit-learn 0.24 to 1.9, `scale_`, `min_`, `clip` (0.24), `feature_range`.
struct MinMaxScaler: MatrixTransformer, InverseTransformer {
    let scales: [Double]
    let offsets: [Double]
    /// The range to which results are clipped.
    let range: ClosedRange<Double>?

    static let entry = EstimatorEntry("sklearn.preprocessing.MinMaxScaler") { object throws(ModelImportError) in
        .transformer(try MinMaxScaler(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let count = try object.int("n_features_in_")
        scales = try object.doubles("scale_", count: count, from: "n_features_in_")
        offsets = try object.doubles("min_", count: count, from: "n_features_in_")
        guard object.value["clip"]?.bool == true else {
            range = nil
            return
        }
        guard let bounds = object.value["feature_range"]?.elements?.compactMap(\.double), bounds.count == 2,
            bounds[0] <= bounds[1]
        else { throw ModelImportError(.malformed, "`feature_range` is not a pair of numbers") }
        range = bounds[0]...bounds[1]
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let scaled = try x * x.row(scales, "scale") + x.row(offsets, "min")
        guard let range else { return scaled }
        return try scaled.clipped(range.lowerBound, range.upperBound)
    }

    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try (x - x.row(offsets, "min")) / x.row(scales, "scale")
    }
}
