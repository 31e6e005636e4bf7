import ModelImport

/// The expected factors behind a sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, `mean_`, `components_`, `noise_variance_`.
struct FactorAnalysis: MatrixTransformer {
    let means: [Double]
    /// A row for each feature.
    let weights: [Double]
    let factorCount: Int

    static let entry = EstimatorEntry("sklearn.decomposition.FactorAnalysis") { object throws(ModelImportError) in
        .transformer(try FactorAnalysis(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        means = try object.doubles("mean_")
        let count = means.count
        let components = try object.matrix("components_")
        let noise = try object.doubles("noise_variance_", count: count, from: "mean_")
        let loadings = try object.matrix("components_", columns: count)
        factorCount = components.rows
        let scaled = loadings.indices.map { loadings[$0] / noise[$0 % count] }
        let transposedLoadings = transposed(loadings, rows: factorCount, columns: count)
        var precision = try SquareMatrix(
            order: factorCount,
            elements: matrixProduct(scaled, transposedLoadings, inner: count)
        )
        for index in 0..<factorCount { precision[index, index] += 1 }
        let covariance = try precision.inverse().elements
        weights = matrixProduct(
            transposed(scaled, rows: factorCount, columns: count),
            covariance,
            inner: factorCount
        )
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try (x - x.row(means, "mean")).product(weights, columns: factorCount)
    }
}
