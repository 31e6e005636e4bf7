import ModelImport

/// Ridge regression on sparse components.
///
/// *Source*: scikit-learn 0.24 to 1.9, `mean_`, `components_`, `ridge_alpha`.
struct SparsePCA: MatrixTransformer {
    let means: [Double]
    let weights: [Double]
    let componentCount: Int

    static let entry = EstimatorEntry(
        "sklearn.decomposition.MiniBatchSparsePCA",
        "sklearn.decomposition.SparsePCA"
    ) { object throws(ModelImportError) in
        .transformer(try SparsePCA(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        means = try object.doubles("mean_")
        componentCount = try object.matrix("components_").rows
        let components = try object.matrix("components_", columns: means.count)
        let columns = transposed(components, rows: componentCount, columns: means.count)
        var gram = try SquareMatrix(
            order: componentCount,
            elements: matrixProduct(components, columns, inner: means.count)
        )
        let alpha = try object.double("ridge_alpha")
        for index in 0..<componentCount { gram[index, index] += alpha }
        weights = matrixProduct(columns, try gram.inverse().elements, inner: componentCount)
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        try (x - x.row(means, "mean")).product(weights, columns: componentCount)
    }
}
