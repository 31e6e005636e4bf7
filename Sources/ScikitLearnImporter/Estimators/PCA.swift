import Diagnostics
import ModelImport

/// Projection on principal components.
///
/// *Source*: scikit-learn 0.24 to 1.9, `mean_`, `components_`, `whiten`, `explained_variance_`.
struct PCA: MatrixTransformer {
    let means: [Double]
    let components: Projection
    let deviations: [Double]?

    static let entry = EstimatorEntry(
        "sklearn.decomposition.IncrementalPCA",
        "sklearn.decomposition.PCA"
    ) { object throws(ModelImportError) in
        .transformer(try PCA(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let means = try object.doubles("mean_")
        components = try Projection(object, transposed: "components_", columns: means.count)
        self.means = means
        guard object.flag("whiten") else {
            deviations = nil
            return
        }
        // SPEC: a variance of nothing divides by the smallest step that double has at 1, since 1.5.
        deviations = try object.doubles("explained_variance_", count: components.columnCount, from: "components_")
            .map { Swift.max($0.squareRoot(), Double.ulpOfOne) }
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let projected = try components(x - x.row(means, "mean"))
        guard let deviations else { return projected }
        return try projected / x.row(deviations, "deviations")
    }
}
