import Diagnostics
import ModelFormats
import ModelImport

/// Regression and projection on latent variables that two blocks share.
///
/// *Source*: scikit-learn 0.24 to 1.9, `_x_mean`, `_x_std`, `x_rotations_`, `coef_` (`_coef_` in 1.1 and 1.2), `intercept_`
/// (1.1; `_y_mean` before, with `coef_` transposed). Up to 1.4, predictions divide by `_x_std`.
struct PLSRegression: Regressor, MatrixTransformer {
    let means: [Double]
    let scales: [Double]
    let rotations: (columns: Int, elements: [Double])
    /// A row for each target.
    let coefficients: [Double]
    let intercepts: [Double]
    let dividesByScale: Bool
    let predictsMatrix: Bool

    static let entry = EstimatorEntry(
        "sklearn.cross_decomposition.CCA",
        "sklearn.cross_decomposition.PLSCanonical",
        "sklearn.cross_decomposition.PLSRegression"
    ) { object throws(ModelImportError) in
        let fitted = try PLSRegression(object)
        return Roles(predictor: .regressor(fitted), transformer: fitted)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let count = try object.int("n_features_in_")
        means = try object.doubles("_x_mean", count: count, from: "n_features_in_")
        scales = try object.doubles("_x_std", count: count, from: "n_features_in_")
        let (rows, columns, elements) = try object.matrix("x_rotations_")
        guard rows == count else {
            throw ModelImportError(.malformed, "`x_rotations_` has \(rows) rows, expected \(count)")
        }
        rotations = (columns, elements)
        predictsMatrix = !object.flag("_predict_1d")
        let coefficients = try object.matrix(object.value["coef_"] == nil ? "_coef_" : "coef_")
        dividesByScale = !object.isSaved(by: 1, 5)
        let isTransposed = object.value["intercept_"] == nil
        guard (isTransposed ? coefficients.rows : coefficients.columns) == count else {
            throw ModelImportError(
                .malformed,
                "`coef_` has shape [\(coefficients.rows), \(coefficients.columns)], expected \(count) features"
            )
        }
        self.coefficients =
            isTransposed
            ? transposed(coefficients.elements, rows: coefficients.rows, columns: coefficients.columns)
            : coefficients.elements
        intercepts = try object.doubles(
            isTransposed ? "_y_mean" : "intercept_",
            count: isTransposed ? coefficients.columns : coefficients.rows,
            from: "coef_"
        )
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.doubles()
        var centred = try x - x.row(means, "mean")
        if dividesByScale { centred = centred / (try x.row(scales, "scale")) }
        return try centred.product(transposed: coefficients, "coef") + x.row(intercepts, "intercept")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let scaled = try (x - x.row(means, "mean")) / x.row(scales, "scale")
        return try scaled.product(rotations.elements, columns: rotations.columns, "rotations")
    }
}
