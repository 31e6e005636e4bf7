import ModelFormats
import ModelImport

/// Linear models with a distribution over their coefficients.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coef_`, `intercept_`, `sigma_`, `alpha_`, `X_offset_` (subtracted
/// for deviations since 1.9);
/// `lambda_` and `threshold_lambda` of `ARDRegression`.
struct BayesianRidge: Regressor {
    let linear: LinearPrediction
    let offsets: [Double]
    /// The features that the covariance is of.
    let kept: [Int]
    let covariance: [Double]
    let noisePrecision: Double

    static let entry = EstimatorEntry(
        "sklearn.linear_model.ARDRegression",
        "sklearn.linear_model.BayesianRidge"
    ) { object throws(ModelImportError) in
        .regressor(try BayesianRidge(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        linear = try LinearPrediction(object)
        let count = linear.columnCount
        try object.refuse(object.flag("normalize"), "`normalize=True`")
        offsets =
            try object.isSaved(by: 1, 9)
            ? object.doubles("X_offset_", count: count, from: "coef_") : [Double](repeating: 0, count: count)
        if let threshold = object.value["threshold_lambda"]?.double {
            let precisions = try object.doubles("lambda_", count: count, from: "coef_")
            kept = precisions.indices.filter { precisions[$0] < threshold }
        } else {
            kept = Array(0..<count)
        }
        covariance = try object.matrix("sigma_", rows: kept.count, columns: kept.count)
        noisePrecision = try object.double("alpha_")
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try linear(try input.doubles())
    }

    func standardDeviation(_ input: Table) throws(ModelImportError) -> Matrix? {
        let x = try input.doubles()
        let centred = try (x - x.row(offsets, "offset")).columns(kept)
        let variance = try (centred.product(covariance, columns: kept.count) * centred).sum()
        return try (variance + 1 / noisePrecision).squareRoot()
    }
}
