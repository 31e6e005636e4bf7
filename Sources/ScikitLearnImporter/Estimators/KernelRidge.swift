import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// Ridge regression in the space of a kernel.
///
/// *Source*: scikit-learn 0.24 to 1.9, `dual_coef_`, `X_fit_`, `kernel`, `gamma`, `degree`, `coef0`.
struct KernelRidge: Regressor {
    let kernel: Kernel?
    let samples: [Double]
    let weights: [Double]
    let targetCount: Int
    let predictsMatrix: Bool

    static let entry = EstimatorEntry("sklearn.kernel_ridge.KernelRidge") { object throws(ModelImportError) in
        .regressor(try KernelRidge(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let matrix = try object.matrix("X_fit_")
        let isPrecomputed = object.value["kernel"]?.string == "precomputed"
        kernel = try isPrecomputed ? nil : Kernel(pairwise: object, featureCount: matrix.columns)
        samples = matrix.elements
        predictsMatrix = try object.array("dual_coef_")?.shape.rank == 2
        weights = try object.doubles("dual_coef_")
        targetCount = try predictsMatrix ? object.matrix("dual_coef_").columns : 1
        guard weights.count == matrix.rows * targetCount else {
            throw ModelImportError(
                .malformed,
                "`dual_coef_` has \(weights.count) elements, expected \(matrix.rows * targetCount) from `X_fit_`"
            )
        }
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.doubles()
        return try (kernel?(x, samples) ?? x).product(weights, columns: targetCount, "dual_coef")
    }
}
