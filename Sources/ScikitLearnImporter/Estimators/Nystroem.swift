import ModelFormats
import ModelImport

/// A kernel's map by some of the training samples.
///
/// *Source*: scikit-learn 0.24 to 1.9, `components_`, `normalization_`, `kernel`.
struct Nystroem: MatrixTransformer {
    let kernel: Kernel
    let samples: [Double]
    let normalization: Projection

    static let entry = EstimatorEntry("sklearn.kernel_approximation.Nystroem") { object throws(ModelImportError) in
        .transformer(try Nystroem(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let matrix = try object.matrix("components_")
        kernel = try Kernel(pairwise: object, featureCount: matrix.columns)
        samples = matrix.elements
        normalization = try Projection(object, transposed: "normalization_", columns: matrix.rows)
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try normalization(kernel(x, samples))
    }
}
