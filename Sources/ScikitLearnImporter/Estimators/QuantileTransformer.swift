import Diagnostics
import ModelFormats
import ModelImport

/// The share of the training samples that a number is above, or the normal quantile of that share.
///
/// *Source*: scikit-learn 0.24 to 1.9, `quantiles_`, `references_`, `output_distribution`.
struct QuantileTransformer: MatrixTransformer, InverseTransformer {
    /// For each feature.
    let quantiles: [[Double]]
    let references: [Double]
    let isNormal: Bool

    private static let threshold = 1e-7

    static let entry = EstimatorEntry("sklearn.preprocessing.QuantileTransformer") { object throws(ModelImportError) in
        .transformer(try QuantileTransformer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let references = try object.doubles("references_")
        let matrix = try object.matrix("quantiles_")
        guard matrix.rows == references.count, !references.isEmpty else {
            throw ModelImportError(
                .malformed,
                "`quantiles_` has \(matrix.rows) rows, expected \(references.count) from `references_`"
            )
        }
        quantiles = (0..<matrix.columns).map { column in
            (0..<matrix.rows).map { matrix.elements[$0 * matrix.columns + column] }
        }
        self.references = references
        isNormal = try object.string("output_distribution") == "normal"
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var columns: [Matrix] = []
        for (index, quantiles) in quantiles.enumerated() { columns.append(try share(try x.column(index), quantiles)) }
        let shares = Matrix.concatenated(columns)
        guard isNormal else { return shares }
        return try shares.normalQuantile().clipped(-5.199337582605575, 5.19933758270342)
    }

    private func share(_ x: Matrix, _ quantiles: [Double]) throws(ModelImportError) -> Matrix {
        let first = quantiles[0]
        let last = quantiles[quantiles.count - 1]
        let rising = try Interpolation(knots: quantiles, values: references)(x)
        // Where quantiles repeat, the mean of what they stand for from below and from above.
        let falling = try Interpolation(
            knots: quantiles.reversed().map { -$0 },
            values: references.reversed().map { -$0 }
        )
        let mean = try (rising - (falling(-x))) * 0.5
        let margin = Self.threshold
        let isBelow = try isNormal ? (x - margin).less(than: first) : x.equal(to: first)
        let isAbove = try isNormal ? (x + margin).greater(than: last) : x.equal(to: last)
        return try isBelow.choose(0, isAbove.choose(1, mean))
    }

    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard !isNormal else {
            throw ModelImportError(.unsupported, "the inverse of a normal QuantileTransformer is not supported")
        }
        var columns: [Matrix] = []
        for (index, quantiles) in quantiles.enumerated() {
            columns.append(try Interpolation(knots: references, values: quantiles)(x.column(index)))
        }
        return Matrix.concatenated(columns)
    }
}
