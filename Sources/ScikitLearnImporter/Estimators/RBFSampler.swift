import ModelFormats
import ModelImport

/// Random Fourier features.
///
/// *Source*: scikit-learn 0.24 to 1.9, `random_weights_`, `random_offset_`; `skewedness` of `SkewedChi2Sampler`.
struct RBFSampler: MatrixTransformer {
    let weights: Projection
    let offsets: [Double]
    let skewedness: Double?

    static let entry = EstimatorEntry(
        "sklearn.kernel_approximation.RBFSampler",
        "sklearn.kernel_approximation.SkewedChi2Sampler"
    ) { object throws(ModelImportError) in
        .transformer(try RBFSampler(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        weights = try Projection(object, "random_weights_", rows: object.int("n_features_in_"))
        offsets = try object.doubles("random_offset_", count: weights.columnCount, from: "random_weights_")
        skewedness = object.value["skewedness"]?.double
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let features = try skewedness.map { (skewedness) throws(ModelImportError) in try (x + skewedness).log() } ?? x
        let scale = (2 / Double(offsets.count)).squareRoot()
        return try (weights(features) + x.row(offsets, "offset")).apply("Cos") * scale
    }
}
