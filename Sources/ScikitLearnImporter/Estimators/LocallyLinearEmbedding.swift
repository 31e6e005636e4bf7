import Diagnostics
import ModelFormats
import ModelImport
import OnnxIR

/// A sample's place among those of its neighbours, with the weights that make them the sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, `nbrs_`, `embedding_`, `n_neighbors`, `reg`; `barycenter_weights`.
struct LocallyLinearEmbedding: MatrixTransformer {
    let neighbors: Neighbors
    let embedding: [Double]
    let width: Int
    let regularization: Double

    static let entry = EstimatorEntry("sklearn.manifold.LocallyLinearEmbedding") { object throws(ModelImportError) in
        .transformer(try LocallyLinearEmbedding(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        neighbors = try Neighbors(try object.estimator("nbrs_"), neighborCount: object.int("n_neighbors"))
        let matrix = try object.matrix("embedding_")
        guard matrix.rows == neighbors.sampleCount else {
            throw ModelImportError(
                .malformed,
                "`embedding_` has \(matrix.rows) rows, expected \(neighbors.sampleCount) from `nbrs_`"
            )
        }
        embedding = matrix.elements
        width = matrix.columns
        regularization = try object.double("reg")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let count = neighbors.neighborCount
        let places = try neighbors.nearest(x).places
        let near = try places.picked(from: neighbors.samples, rows: neighbors.sampleCount, width: x.columnCount)
        let differences = try near - x.reshaped([-1, 1, x.columnCount])
        let transposed = differences.node("Transpose", [], [Attribute("perm", .ints([0, 2, 1]))], columns: count)
        let gram = differences.product(transposed)
        let trace = try differences.squared().sum(along: 2, keepsAxis: true).sum(along: 1)
        let ridge = try trace.greater(than: 0).choose(trace * regularization, regularization)
        let identity = try x.graph.constant(
            FilledMatrix.identity("the identity of neighbours", count),
            rows: count,
            name: "identity"
        )
        let column = try x.graph.constant([Double](repeating: 1, count: count), rows: count, name: "ones")
        let ones = try (trace * 0 + 1) * column
        let weights = try (gram + ridge * identity).withColumns(count).solved(for: ones.withColumns(1)).dividedBySum()
        let targets = try places.picked(from: embedding, rows: neighbors.sampleCount, width: width)
        return try (weights.reshaped([-1, count, 1]) * targets).sum(along: 1, keepsAxis: false).withColumns(width)
    }
}

extension Matrix {
    /// The rows of a constant matrix at these places (int64, `[batch, count]`): `[batch, count, width]`.
    fileprivate func picked(from elements: [Double], rows: Int, width: Int) throws(ModelImportError) -> Matrix {
        let table = try graph.constant(elements, rows: rows, name: "table")
        return table.node("Gather", [value], [Attribute("axis", .int(0))], columns: width)
    }
}
