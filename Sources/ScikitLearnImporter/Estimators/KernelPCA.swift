import Diagnostics
import ModelFormats
import ModelImport

/// Projection on principal components in the space of a kernel.
///
/// *Source*: scikit-learn 0.24 to 1.9, `X_fit_`, `eigenvalues_` and `eigenvectors_` (`lambdas_` and `alphas_` before 1.0),
/// `_centerer`, `gamma_` (1.3).
struct KernelPCA: MatrixTransformer {
    let kernel: Kernel?
    let samples: [Double]
    let centerer: KernelCenterer
    let projection: [Double]
    let componentCount: Int

    static let entry = EstimatorEntry("sklearn.decomposition.KernelPCA") { object throws(ModelImportError) in
        .transformer(try KernelPCA(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let isPrecomputed = object.value["kernel"]?.string == "precomputed"
        let featureCount = try object.featureCount() ?? 0
        kernel = isPrecomputed ? nil : try Kernel(pairwise: object, featureCount: featureCount)
        samples = isPrecomputed ? [] : try object.matrix("X_fit_", columns: featureCount)
        centerer = try KernelCenterer(try object.estimator("_centerer"))
        let isOld = object.value["eigenvalues_"] == nil
        let values = try object.doubles(isOld ? "lambdas_" : "eigenvalues_")
        let vectors = try object.matrix(
            isOld ? "alphas_" : "eigenvectors_",
            rows: centerer.rowMeans.count,
            columns: values.count
        )
        componentCount = values.count
        projection = vectors.indices.map { index in
            let value = values[index % values.count]
            return value == 0 ? 0 : vectors[index] / value.squareRoot()
        }
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let values = try kernel?(x, samples) ?? x
        return try centerer.transform(values).product(projection, columns: componentCount)
    }
}
