import ModelFormats
import ModelImport

/// Outliers by their Mahalanobis distance.
///
/// *Source*: scikit-learn 0.24 to 1.9, `location_`, `precision_`, `offset_`.
struct EllipticEnvelope: Labeller {
    let distance: MahalanobisDistance
    let offset: Double

    static let entry = EstimatorEntry("sklearn.covariance.EllipticEnvelope") { object throws(ModelImportError) in
        .labeller(EllipticEnvelope(distance: try MahalanobisDistance(object), offset: try object.double("offset_")))
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        var result = try Labelling(scores: -distance(try input.doubles()), offset: offset)
        result.distances = try distance(try input.doubles())
        return result
    }
}

/// The squared Mahalanobis distance to a location.
struct MahalanobisDistance {
    let location: [Double]
    let precision: [Double]

    init(_ object: EstimatorObject) throws(ModelImportError) {
        location = try object.doubles("location_")
        let width = location.count
        if object.value["precision_"].map({ !$0.isNone }) ?? false {
            precision = try object.matrix("precision_", rows: width, columns: width)
        } else {
            let covariance = try object.matrix("covariance_", rows: width, columns: width)
            precision = try SquareMatrix(order: width, elements: covariance).inverse().elements
        }
    }

    /// *Shapes*: `[batch, features]` to `[batch, 1]`.
    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let centred = try x - x.row(location, "location")
        return try (centred.product(precision, columns: location.count, "precision") * centred).sum()
    }
}
