import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR

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
        } else {
            intercepts = try object.doubles("intercept_", count: rows, from: "coef_")
        }
    }

    /// `X · coefᵀ + intercept`.
    func callAsFunction(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        let input = matrix.cast(to: .double, in: &builder)
        let coefficients = builder.constant(try tensor(coefficients, [rowCount, columnCount]), name: "coef")
        let intercepts = builder.constant(try tensor(intercepts, [rowCount]), name: "intercept")
        let value = builder.node("Gemm", [input.value, coefficients, intercepts], [Attribute("transB", .int(1))])
        return Matrix(value: value, elementType: .double, columnCount: rowCount)
    }
}
