import ModelImport

/// Transformers that are a product with constant components.
///
/// *Source*: scikit-learn 0.24 to 1.9, `components_`.
struct LinearProjection: MatrixTransformer {
    let means: [Double]?
    let components: Projection

    static let entry = EstimatorEntry(
        "sklearn.decomposition.FastICA",
        "sklearn.decomposition.TruncatedSVD",
        "sklearn.neighbors.NeighborhoodComponentsAnalysis",
        "sklearn.random_projection.GaussianRandomProjection",
        "sklearn.random_projection.SparseRandomProjection"
    ) { object throws(ModelImportError) in
        .transformer(try LinearProjection(object))
    }

    /// `mean_` is that of a `FastICA` that whitens.
    init(_ object: EstimatorObject) throws(ModelImportError) {
        let count = try object.int("n_features_in_")
        means = try object.array("mean_") == nil ? nil : object.doubles("mean_", count: count, from: "n_features_in_")
        components = try Projection(object, transposed: "components_", columns: count)
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard let means else { return try components(x) }
        return try components(x - x.row(means, "mean"))
    }
}
