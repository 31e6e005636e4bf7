import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR

/// The mean of the nearest samples for what is missing.
///
/// *Source*: scikit-learn 0.24 to 1.9, `_fit_X`, `_mask_fit_X`, `_valid_mask` (0.24), `n_neighbors`, `weights`,
/// `nan_euclidean_distances`.
struct KNNImputer: MatrixTransformer {
    let rows: Int
    let columns: Int
    let samples: [Double]
    let isPresent: [Bool]
    let kept: [Int]
    let keepsEmpty: Bool
    let neighborCount: Int
    let weighsByDistance: Bool
    let missing: MissingValue
    let indicator: MissingIndicator?

    static let entry = EstimatorEntry("sklearn.impute.KNNImputer") { object throws(ModelImportError) in
        .transformer(try KNNImputer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let matrix = try object.matrix("_fit_X")
        (rows, columns) = (matrix.rows, matrix.columns)
        let mask = try object.integers("_mask_fit_X")
        guard mask.count == matrix.elements.count, rows > 0 else {
            throw ModelImportError(
                .malformed,
                "`_mask_fit_X` has \(mask.count) elements, expected \(matrix.elements.count)"
            )
        }
        isPresent = mask.map { $0 == 0 }
        samples = zip(matrix.elements, mask).map { $1 == 0 ? $0 : 0 }
        let columns = matrix.columns
        let present = isPresent
        kept = (0..<columns).filter { column in (0..<matrix.rows).contains { present[$0 * columns + column] } }
        keepsEmpty = object.flag("keep_empty_features")
        neighborCount = try object.int("n_neighbors")
        guard neighborCount > 0 else {
            throw ModelImportError(.malformed, "`n_neighbors` is \(neighborCount), expected at least 1")
        }
        let weights = object.value["weights"]?.string
        try object.refuse(weights == nil || !["uniform", "distance"].contains(weights), "`weights` as a function")
        try object.refuse(object.value["metric"]?.string != "nan_euclidean", "`metric` as a function")
        weighsByDistance = weights == "distance"
        missing = try MissingValue(object)
        indicator = try MissingIndicator(of: object)
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let isMissing = try missing.mask(of: x)
        let present = isMissing.not().cast(to: .double)
        let known = try isMissing.choose(0, x)
        let distances = try distances(known, present)
        var parts: [Matrix] = []
        for column in 0..<columns {
            if kept.contains(column) {
                let imputed = try imputed(column, distances)
                parts.append(try isMissing.column(column).choose(imputed, try x.column(column)))
            } else if keepsEmpty {
                parts.append(try x.filled(with: [0]))
            }
        }
        return try .concatenated(parts + (indicator?.parts(isMissing) ?? []))
    }

    /// Squared distances over the features that both have, scaled up to all of them; infinite where there are none.
    private func distances(_ known: Matrix, _ present: Matrix) throws(ModelImportError) -> Matrix {
        let masks = isPresent.map { $0 ? 1.0 : 0.0 }
        let squares = samples.map { $0 * $0 }
        let own = try known.squared().product(transposed: masks, "mask")
        let other = try present.product(transposed: squares, "squares")
        let products = try known.product(transposed: samples, "samples") * 2
        let common = try present.product(transposed: masks, "mask")
        let scaled = try (own + other - products).atLeast(0) / common.atLeast(1) * Double(columns)
        return try common.equal(to: 0).choose(.infinity, scaled)
    }

    private func imputed(_ column: Int, _ distances: Matrix) throws(ModelImportError) -> Matrix {
        let donors = (0..<rows).filter { isPresent[$0 * columns + column] }
        let values = donors.map { samples[$0 * columns + column] }
        let mean = values.reduce(0, +) / Double(values.count)
        let (nearest, places) = try distances.columns(donors).top(min(neighborCount, donors.count), largest: false)
        let isNear = try nearest.less(than: .infinity)
        var weights = isNear.cast(to: .double)
        if weighsByDistance {
            let roots = nearest.squareRoot()
            let isExact = try roots.equal(to: 0)
            let hasExact = try isExact.cast(to: .double).sum().greater(than: 0)
            weights = hasExact.choose(isExact.cast(to: .double), try 1 / roots)
            weights = try isNear.choose(weights, 0)
        }
        let table = try distances.row(values, "donors").reshaped([-1])
        let picked = Matrix(
            graph: distances.graph,
            value: distances.graph.builder.node("Gather", [table.value, places.value], [Attribute("axis", .int(0))]),
            elementType: .double,
            columnCount: places.columnCount
        )
        let sum = try weights.sum()
        let average = try (picked * weights).sum() / sum
        return try sum.equal(to: 0).choose(mean, average)
    }
}
