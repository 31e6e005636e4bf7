import Diagnostics
import ModelFormats
import ModelImport

/// A distance between samples and constant samples.
///
/// *Source*: scikit-learn 0.24 to 1.9, `sklearn.metrics.DistanceMetric`, `effective_metric_` and its parameters.
enum Metric {
    case chebyshev
    case cosine
    case euclidean
    case manhattan
    case minkowski(Double)
    case squaredEuclidean

    init(_ name: String, exponent: Double?) throws(ModelImportError) {
        switch name {
        case "chebyshev", "infinity": self = .chebyshev
        case "cosine": self = .cosine
        case "euclidean", "l2": self = .euclidean
        case "cityblock", "l1", "manhattan": self = .manhattan
        case "minkowski", "p":
            switch exponent ?? 2 {
            case 1: self = .manhattan
            case 2: self = .euclidean
            case .infinity: self = .chebyshev
            case let exponent: self = .minkowski(exponent)
            }
        case "sqeuclidean": self = .squaredEuclidean
        default: throw ModelImportError(.unsupported, "metric `\(name)` is not supported")
        }
    }

    /// The metric of a fitted estimator of neighbours.
    init(neighbors object: EstimatorObject) throws(ModelImportError) {
        guard let name = (object.value["effective_metric_"] ?? object.value["metric"])?.string else {
            throw ModelImportError(.unsupported, "a metric that is a function is not supported, expected a name")
        }
        let parameters = object.value["effective_metric_params_"]
        try object.refuse(parameters?["w"].map { !$0.isNone } ?? false, "a weighted metric")
        self = try Metric(name, exponent: parameters?["p"]?.double ?? object.value["p"]?.double)
    }

    /// *Shapes*: `[batch, features]` to `[batch, rows]`; `rows` is in row-major order.
    func callAsFunction(_ x: Matrix, _ rows: [Double]) throws(ModelImportError) -> Matrix {
        let count = x.rowCount(of: rows)
        switch self {
        case .cosine: return try 1 - x.cosines(with: rows)
        case .euclidean: return try x.differences(to: rows).squared().summed(rows: count).squareRoot()
        case .squaredEuclidean: return try x.differences(to: rows).squared().summed(rows: count)
        case .manhattan: return try x.differences(to: rows).absolute().summed(rows: count)
        case .chebyshev:
            let largest = try x.differences(to: rows).absolute().reduced("ReduceMax", along: 2, keepsAxis: false)
            return largest.withColumns(count)
        case .minkowski(let exponent):
            return try x.differences(to: rows).absolute().power(exponent).summed(rows: count).power(1 / exponent)
        }
    }
}

extension Matrix {
    /// The same value, known to have so many columns.
    func withColumns(_ count: Int) -> Matrix {
        Matrix(graph: graph, value: value, elementType: elementType, columnCount: count)
    }
}
