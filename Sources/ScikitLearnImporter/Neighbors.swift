import Diagnostics
import ModelFormats
import ModelImport
import OnnxIR

/// The training samples near a sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, `_fit_X`, `n_neighbors`, `weights`, `effective_metric_`. Of neighbours that are
/// equally far, the first ones in training count.
struct Neighbors {
    let metric: Metric
    let samples: [Double]
    let sampleCount: Int
    let neighborCount: Int
    let weighsByDistance: Bool

    init(_ object: EstimatorObject, neighborCount: Int? = nil) throws(ModelImportError) {
        metric = try Metric(neighbors: object)
        let matrix = try object.matrix("_fit_X")
        samples = matrix.elements
        sampleCount = matrix.rows
        let count = neighborCount ?? object.value["n_neighbors"]?.int ?? 1
        guard (1...max(1, sampleCount)).contains(count), sampleCount > 0 else {
            throw ModelImportError(.malformed, "`n_neighbors` is \(count), expected 1 to \(sampleCount)")
        }
        self.neighborCount = count
        let weights = object.value["weights"]
        try object.refuse(
            weights.map { !$0.isNone && !["uniform", "distance"].contains($0.string) } ?? false,
            "`weights` as a function"
        )
        weighsByDistance = weights?.string == "distance"
    }

    /// The distances to all samples: `[batch, samples]`.
    func distances(_ x: Matrix) throws(ModelImportError) -> Matrix { try metric(x, samples) }

    /// The nearest samples with their distances, nearest first.
    func nearest(_ x: Matrix, count: Int? = nil) throws(ModelImportError) -> (distances: Matrix, places: Matrix) {
        let (values, indices) = try distances(x).top(count ?? neighborCount, largest: false)
        return (values, indices)
    }

    /// For each sample the weights of all training samples, zero for those that are no neighbours: `[batch, samples]`.
    func weights(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let (distances, places) = try nearest(x)
        let weights = try weighsByDistance ? distances.inverseWeights() : distances.ones()
        let zeros = try x.filled(with: [Double](repeating: 0, count: sampleCount))
        return zeros.apply("ScatterElements", [places, weights], [Attribute("axis", .int(1))], columns: sampleCount)
    }

    /// For each sample the weights of training samples within a radius.
    func weights(_ x: Matrix, radius: Double) throws(ModelImportError) -> Matrix {
        let distances = try distances(x)
        let isNear = try distances.lessOrEqual(to: distances.number(radius))
        guard weighsByDistance else { return isNear.cast(to: .double) }
        return try isNear.choose(distances.inverseWeights(), 0)
    }
}

extension Matrix {
    /// Ones in the shape of this value, which has no NaN.
    fileprivate func ones() throws(ModelImportError) -> Matrix { try self * 0 + 1 }

    /// One over each distance; where some are zero, 1 for those and 0 for others.
    func inverseWeights() throws(ModelImportError) -> Matrix {
        let isExact = try equal(to: 0)
        let exact = isExact.cast(to: .double)
        let hasExact = exact.reduced("ReduceMax").cast(to: .bool)
        return try hasExact.choose(exact, 1 / isExact.choose(1, self))
    }
}
