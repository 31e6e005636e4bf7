import ModelImport

/// A support vector machine for a number, or for outliers.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `SupportVectors`; `offset_` of `OneClassSVM`.
struct SVR: Regressor {
    let vectors: SupportVectors
    let weights: [Double]
    let intercept: Double

    static let entry = EstimatorEntry("sklearn.svm.NuSVR", "sklearn.svm.SVR") { object throws(ModelImportError) in
        .regressor(try SVR(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        vectors = try SupportVectors(object)
        weights = try object.matrix("dual_coef_", rows: 1, columns: vectors.count)
        intercept = try object.double("intercept_")
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try vectors(input).product(weights, columns: 1, "dual_coef") + intercept
    }
}
