import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder

/// Brings each feature into a range.
///
/// *Source*: scikit-learn 0.24 to 1.9, `scale_`, `min_`, `clip` (0.24), `feature_range`.
struct MinMaxScaler: Transformer {
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

    func transform(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        var result = matrix.cast(to: .double, in: &builder)
        let scale = builder.constant(try tensor(scales, [scales.count]), name: "scale")
        let offset = builder.constant(try tensor(offsets, [offsets.count]), name: "min")
        result.value = builder.node("Mul", [result.value, scale])
        result.value = builder.node("Add", [result.value, offset])
        if let range {
            let lower = builder.constant(try tensor([range.lowerBound], []), name: "lower")
            let upper = builder.constant(try tensor([range.upperBound], []), name: "upper")
            result.value = builder.node("Clip", [result.value, lower, upper])
        }
        return result
    }
}
