import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// The mean of the training samples near a sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `Neighbors`; `_y`, `radius`. Without neighbours, a prediction is NaN.
struct KNeighborsRegressor: Regressor {
    let neighbors: Neighbors
    let targets: [Double]
    let targetCount: Int
    let predictsMatrix: Bool
    let radius: Double?

    static let entry = EstimatorEntry(
        "sklearn.neighbors.KNeighborsRegressor",
        "sklearn.neighbors.RadiusNeighborsRegressor"
    ) { object throws(ModelImportError) in
        .regressor(try KNeighborsRegressor(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let isRadius = object.className.hasSuffix(".RadiusNeighborsRegressor")
        neighbors = try Neighbors(object, neighborCount: isRadius ? 1 : nil)
        radius = try isRadius ? object.double("radius") : nil
        targets = try object.doubles("_y")
        predictsMatrix = try object.array("_y")?.shape.rank == 2
        targetCount = try predictsMatrix ? object.matrix("_y").columns : 1
        guard targets.count == neighbors.sampleCount * targetCount else {
            throw ModelImportError(
                .malformed,
                "`_y` has \(targets.count) elements, expected \(neighbors.sampleCount * targetCount) from `_fit_X`"
            )
        }
    }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.doubles()
        let weights: Matrix
        if let radius {
            weights = try neighbors.weights(x, radius: radius)
        } else {
            weights = try neighbors.weights(x)
        }
        return try weights.product(targets, columns: targetCount, "targets") / weights.sum()
    }
}
