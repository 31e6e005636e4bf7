import Diagnostics
import ModelFormats
import ModelImport
import OnnxIR

/// Projection by distances along a graph of neighbours.
///
/// *Source*: scikit-learn 0.24 to 1.9, `nbrs_`, `dist_matrix_`, `kernel_pca_`, `n_neighbors`.
struct Isomap: MatrixTransformer {
    let neighbors: Neighbors
    let distances: [Double]
    let projection: KernelPCA

    static let entry = EstimatorEntry("sklearn.manifold.Isomap") { object throws(ModelImportError) in
        .transformer(try Isomap(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        try object.refuse(object.value["n_neighbors"]?.int == nil, "a graph of neighbours within a radius")
        neighbors = try Neighbors(try object.estimator("nbrs_"), neighborCount: object.int("n_neighbors"))
        let count = neighbors.sampleCount
        distances = try object.matrix("dist_matrix_", rows: count, columns: count)
        projection = try KernelPCA(try object.estimator("kernel_pca_"))
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let count = neighbors.sampleCount
        let (near, places) = try neighbors.nearest(x)
        let table = try x.graph.constant(distances, rows: count, name: "distances")
        let beyond = table.node("Gather", [places.value], [Attribute("axis", .int(0))], columns: count)
        let paths = try beyond + near.reshaped([-1, neighbors.neighborCount, 1])
        let shortest = paths.reduced("ReduceMin", along: 1, keepsAxis: false).withColumns(count)
        return try projection.transform(shortest.squared() * -0.5)
    }
}
