import ModelFormats
import ModelImport
import OnnxIR

/// The distances to the training samples near a sample, zero for others.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `Neighbors`; `mode`, `radius`. With `mode="distance"` there is one neighbour more.
struct KNeighborsTransformer: MatrixTransformer {
    let neighbors: Neighbors
    let radius: Double?
    let givesDistances: Bool

    static let entry = EstimatorEntry(
        "sklearn.neighbors.KNeighborsTransformer",
        "sklearn.neighbors.RadiusNeighborsTransformer"
    ) { object throws(ModelImportError) in
        .transformer(try KNeighborsTransformer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let isRadius = object.className.hasSuffix(".RadiusNeighborsTransformer")
        givesDistances = try object.string("mode") == "distance"
        let count = try isRadius ? 1 : object.int("n_neighbors") + (givesDistances ? 1 : 0)
        neighbors = try Neighbors(object, neighborCount: count)
        radius = try isRadius ? object.double("radius") : nil
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let weights: Matrix
        if let radius {
            weights = try neighbors.weights(x, radius: radius)
        } else {
            weights = try neighbors.weights(x)
        }
        guard givesDistances else { return weights }
        return try weights.equal(to: 0).choose(0, neighbors.distances(x))
    }
}
