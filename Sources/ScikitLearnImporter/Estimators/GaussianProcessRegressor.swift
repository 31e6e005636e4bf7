import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// A Gaussian process that predicts numbers, with their standard deviations.
///
/// *Source*: scikit-learn 0.24 to 1.9, `kernel_`, `X_train_`, `alpha_`, `L_`, `_y_train_mean`, `_y_train_std`.
struct GaussianProcessRegressor: Regressor {
    let kernel: ProcessKernel
    let samples: [Double]
    let sampleCount: Int
    let weights: [Double]
    let targetCount: Int
    let predictsMatrix: Bool
    let means: [Double]
    let deviations: [Double]
    /// The Cholesky factor of the covariance of the training samples.
    let factor: [Double]

    static let entry = EstimatorEntry(
        "sklearn.gaussian_process.GaussianProcessRegressor"
    ) { object throws(ModelImportError) in
        .regressor(try GaussianProcessRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        kernel = try ProcessKernel(try object.estimator("kernel_"))
        let matrix = try object.matrix("X_train_")
        (samples, sampleCount) = (matrix.elements, matrix.rows)
        weights = try object.doubles("alpha_")
        predictsMatrix = try object.array("alpha_")?.shape.rank == 2
        let count = try predictsMatrix ? object.matrix("alpha_").columns : 1
        targetCount = count
        guard weights.count == matrix.rows * count, count > 0 else {
            throw ModelImportError(
                .malformed,
                "`alpha_` has \(weights.count) elements, expected \(matrix.rows * count) from `X_train_`"
            )
        }
        means = try object.targetNumbers("_y_train_mean", count: count)
        deviations = try object.targetNumbers("_y_train_std", count: count)
        factor = try object.matrix("L_", rows: matrix.rows, columns: matrix.rows)
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.doubles()
        let mean = try kernel(x, samples).product(weights, columns: targetCount, "alpha")
        return try mean * x.row(deviations, "y_std") + x.row(means, "y_mean")
    }

    func standardDeviation(_ input: Table) throws(ModelImportError) -> Matrix? {
        guard sampleCount <= SquareMatrix.orderLimit else { return nil }
        let x = try input.doubles()
        let inverse = try SquareMatrix(order: sampleCount, elements: factor).lowerInverse()
        let explained = try kernel(x, samples).product(transposed: inverse.elements, "L_inverse").squared().sum()
        let variance = try (kernel.variance(x) - explained).atLeast(0)
        return try variance.squareRoot() * x.row(deviations, "y_std")
    }
}

extension EstimatorObject {
    /// A number for each target, which older versions store once for all.
    fileprivate func targetNumbers(_ name: String, count: Int) throws(ModelImportError) -> [Double] {
        if let number = value[name]?.double { return [Double](repeating: number, count: count) }
        let numbers = try doubles(name)
        if numbers.count == 1 { return [Double](repeating: numbers[0], count: count) }
        guard numbers.count == count else {
            throw ModelImportError(.malformed, "`\(name)` has \(numbers.count) elements, expected \(count)")
        }
        return numbers
    }
}
