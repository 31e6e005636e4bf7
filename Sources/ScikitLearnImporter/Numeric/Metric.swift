import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// A distance between samples and constant samples.
///
/// *Source*: scikit-learn 0.24 to 1.9, `sklearn.metrics.DistanceMetric`, `sklearn.metrics.pairwise_distances`,
/// `effective_metric_` and its parameters.
enum Metric {
    case boolean(BooleanMetric)
    case brayCurtis
    case canberra
    case chebyshev
    case correlation
    case cosine
    case euclidean
    case hamming
    case haversine
    case mahalanobis(inverse: [Double])
    case manhattan
    case minkowski(Double)
    case missingEuclidean
    case precomputed
    case squaredEuclidean
    case standardized(variances: [Double])
    case weighted(Double, weights: [Double])

    init(_ name: String, exponent: Double?) throws(ModelImportError) {
        switch name {
        case "braycurtis": self = .brayCurtis
        case "canberra": self = .canberra
        case "chebyshev", "infinity": self = .chebyshev
        case "correlation": self = .correlation
        case "cosine": self = .cosine
        case "euclidean", "l2": self = .euclidean
        case "hamming": self = .hamming
        case "haversine": self = .haversine
        case "cityblock", "l1", "manhattan": self = .manhattan
        case "minkowski", "p":
            switch exponent ?? 2 {
            case 1: self = .manhattan
            case 2: self = .euclidean
            case .infinity: self = .chebyshev
            case let exponent: self = .minkowski(exponent)
            }
        case "nan_euclidean": self = .missingEuclidean
        case "precomputed": self = .precomputed
        case "sqeuclidean": self = .squaredEuclidean
        default:
            guard let metric = BooleanMetric(rawValue: name) else {
                throw ModelImportError(.unsupported, "metric `\(name)` is not supported")
            }
            self = .boolean(metric)
        }
    }

    /// The metric of a fitted estimator of neighbours.
    init(neighbors object: EstimatorObject) throws(ModelImportError) {
        guard let name = (object.value["effective_metric_"] ?? object.value["metric"])?.string else {
            throw ModelImportError(.unsupported, "a metric that is a function is not supported, expected a name")
        }
        let parameters = object.value["effective_metric_params_"].map { object.nested($0) }
        let exponent = parameters?.value["p"]?.double ?? object.value["p"]?.double
        let weights = try parameters?.value["w"].map { !$0.isNone } == true ? parameters?.doubles("w") : nil
        switch (name, weights) {
        case ("minkowski", let weights?): self = .weighted(exponent ?? 2, weights: weights)
        case ("wminkowski", let weights?):
            let exponent = exponent ?? 2
            self = .weighted(exponent, weights: weights.map { pow(abs($0), exponent) })
        case (_, _?): throw ModelImportError(.unsupported, "weights of metric `\(name)` are not supported")
        case ("mahalanobis", nil):
            guard let inverse = try parameters?.matrix("VI") else {
                throw ModelImportError(.unsupported, "metric `mahalanobis` without `VI` is not supported")
            }
            self = .mahalanobis(inverse: inverse.elements)
        case ("seuclidean", nil):
            guard let variances = try parameters?.doubles("V") else {
                throw ModelImportError(.unsupported, "metric `seuclidean` without `V` is not supported")
            }
            self = .standardized(variances: variances)
        default: self = try Metric(name, exponent: exponent)
        }
    }

    /// *Shapes*: `[batch, features]` to `[batch, rows]`; `rows` is in row-major order.
    func callAsFunction(_ x: Matrix, _ rows: [Double]) throws(ModelImportError) -> Matrix {
        let count = x.rowCount(of: rows)
        switch self {
        case .boolean(let metric): return try metric(x, rows)
        case .brayCurtis:
            let (left, right) = try x.paired(with: rows)
            let sizes = try (left.absolute() + right.absolute()).summed(rows: count)
            return try (left - right).absolute().summed(rows: count) / sizes.equal(to: 0).choose(1, sizes)
        case .canberra:
            let (left, right) = try x.paired(with: rows)
            let sizes = left.absolute() + right.absolute()
            return try ((left - right).absolute() / sizes.equal(to: 0).choose(1, sizes)).summed(rows: count)
        case .chebyshev:
            let largest = try x.differences(to: rows).absolute().reduced("ReduceMax", along: 2, keepsAxis: false)
            return largest.withColumns(count)
        case .correlation:
            let width = Double(x.columnCount)
            let means = (0..<count).map { rows[$0 * x.columnCount..<($0 + 1) * x.columnCount].reduce(0, +) / width }
            let centred = rows.indices.map { rows[$0] - means[$0 / x.columnCount] }
            return try 1 - (x - x.sum() / width).cosines(with: centred)
        case .cosine: return try 1 - x.cosines(with: rows)
        case .euclidean: return try x.differences(to: rows).squared().summed(rows: count).squareRoot()
        case .hamming:
            let (left, right) = try x.paired(with: rows)
            let differs = left.equal(to: right).not().cast(to: .double).withColumns(x.columnCount)
            return try differs.summed(rows: count) / Double(x.columnCount)
        case .haversine: return try haversine(x, rows)
        case .mahalanobis(let inverse):
            try require(inverse.count, x.columnCount * x.columnCount, "VI")
            let differences = try x.differences(to: rows)
            let products = try differences.product(inverse, columns: x.columnCount, "VI")
            return try (products * differences).summed(rows: count).squareRoot()
        case .manhattan: return try x.differences(to: rows).absolute().summed(rows: count)
        case .minkowski(let exponent):
            return try x.differences(to: rows).absolute().power(exponent).summed(rows: count).power(1 / exponent)
        case .missingEuclidean:
            let squares = try x.differences(to: rows).squared()
            let isMissing = squares.isNaN()
            let present = try isMissing.not().cast(to: .double).withColumns(x.columnCount).summed(rows: count)
            let sum = try isMissing.choose(0, squares).withColumns(x.columnCount).summed(rows: count)
            return try (sum / present * Double(x.columnCount)).squareRoot()
        case .precomputed: return x
        case .squaredEuclidean: return try x.differences(to: rows).squared().summed(rows: count)
        case .standardized(let variances):
            try require(variances.count, x.columnCount, "V")
            let squares = try x.differences(to: rows).squared() / x.row(variances, "V")
            return try squares.summed(rows: count).squareRoot()
        case .weighted(let exponent, let weights):
            try require(weights.count, x.columnCount, "w")
            let powers = try x.differences(to: rows).absolute().power(exponent) * x.row(weights, "w")
            return try powers.summed(rows: count).power(1 / exponent)
        }
    }

    /// The angle between places given as latitude and longitude in radians.
    private func haversine(_ x: Matrix, _ rows: [Double]) throws(ModelImportError) -> Matrix {
        try require(x.columnCount, 2, "features")
        let count = rows.count / 2
        let (latitudes, longitudes) = ((0..<count).map { rows[2 * $0] }, (0..<count).map { rows[2 * $0 + 1] })
        let (latitude, longitude) = try (x.column(0), x.column(1))
        let cosines = try latitude.apply("Cos") * latitude.row(latitudes, "latitudes").apply("Cos")
        let apart = try ((latitude - latitude.row(latitudes, "latitudes")) * 0.5).apply("Sin").squared()
        let along = try ((longitude - longitude.row(longitudes, "longitudes")) * 0.5).apply("Sin").squared()
        return try ((apart + cosines * along).squareRoot().arcsine() * 2).withColumns(count)
    }

    private func require(_ count: Int, _ expected: Int, _ name: String) throws(ModelImportError) {
        guard count == expected else {
            throw ModelImportError(.malformed, "`\(name)` has \(count) elements, expected \(expected)")
        }
    }
}

extension Matrix {
    /// The angles from 0 to π/2 with these sines.
    ///
    /// *Numerics*: ONNX Runtime has no `Asin` of doubles; the sine of what that of floats is off by is added to it.
    fileprivate func arcsine() throws(ModelImportError) -> Matrix {
        let sine = try atMost(1)
        let cosine = try (1 - sine.squared()).squareRoot()
        let near = sine.cast(to: .float).apply("Asin").cast(to: .double)
        return near + sine * near.apply("Cos") - cosine * near.apply("Sin")
    }

    /// The same value, known to have so many columns.
    func withColumns(_ count: Int) -> Matrix {
        Matrix(graph: graph, value: value, elementType: elementType, columnCount: count)
    }
}
