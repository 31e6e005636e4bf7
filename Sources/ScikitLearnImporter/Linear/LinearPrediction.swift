import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// Coefficients and intercepts of a linear model: a row for each output.
struct LinearPrediction {
    let rowCount: Int
    let columnCount: Int
    let coefficients: [Double]
    let intercepts: [Double]

    /// *Source*: `coef_` and `intercept_`, a number where `fit_intercept` is false.
    init(_ object: EstimatorObject) throws(ModelImportError) {
        let (rows, columns, elements) = try object.matrix("coef_")
        if let count = object.value["n_features_in_"]?.int, count != columns {
            throw ModelImportError(
                .malformed,
                "`coef_` has \(columns) columns, expected \(count) from `n_features_in_`"
            )
        }
        rowCount = rows
        columnCount = columns
        coefficients = elements
        if let intercept = object.value["intercept_"]?.double {
            intercepts = [Double](repeating: intercept, count: rows)
        } else if try object.array("intercept_")?.shape.elementCount == 1 {
            intercepts = [Double](repeating: try object.double("intercept_"), count: rows)
        } else {
            intercepts = try object.doubles("intercept_", count: rows, from: "coef_")
        }
    }

    /// `X · coefᵀ + intercept`.
    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let coefficients = try x.graph.constant(coefficients, rows: rowCount, name: "coef")
        return x.apply(
            "Gemm",
            [coefficients, try x.row(intercepts, "intercept")],
            [.transposesSecond],
            columns: rowCount
        )
    }
}
