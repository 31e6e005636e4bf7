import Diagnostics
import ModelImport

/// Outliers by how much sparser their surroundings are than those of their neighbours.
///
/// *Source*: scikit-learn 0.24 to 1.9, with `novelty=True`, `_fit_X`, `_distances_fit_X_`, `_lrd`, `n_neighbors_`, `offset_`.
struct LocalOutlierFactor: Labeller {
    let neighbors: Neighbors
    /// For each training sample, the distance to its last neighbour.
    let radii: [Double]
    let densities: [Double]
    let offset: Double

    static let entry = EstimatorEntry("sklearn.neighbors.LocalOutlierFactor") { object throws(ModelImportError) in
        .labeller(try LocalOutlierFactor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        try object.refuse(!object.flag("novelty"), "`novelty=False`, which predicts nothing for new samples,")
        let count = try object.int("n_neighbors_")
        neighbors = try Neighbors(object, neighborCount: count)
        let distances = try object.matrix("_distances_fit_X_")
        guard distances.rows == neighbors.sampleCount, distances.columns >= count else {
            throw ModelImportError(
                .malformed,
                "`_distances_fit_X_` has shape [\(distances.rows), \(distances.columns)], expected \(count) columns"
            )
        }
        radii = (0..<distances.rows).map { distances.elements[$0 * distances.columns + count - 1] }
        densities = try object.doubles("_lrd", count: neighbors.sampleCount, from: "_fit_X")
        offset = try object.double("offset_")
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        let x = try input.doubles()
        let (distances, places) = try neighbors.nearest(x)
        let reach = try distances.apply("Max", [x.row(radii, "radii").reshaped([-1]).gathered(at: places)])
        let count = Double(neighbors.neighborCount)
        let density = try 1 / (reach.sum() / count + 1e-10)
        let others = try x.row(densities, "densities").reshaped([-1]).gathered(at: places)
        let scores = try -((others / density).sum() / count)
        return try Labelling(scores: scores, offset: offset)
    }
}
