import Diagnostics
import Foundation
import ModelFormats
import ModelImport
import Tensors

/// The logarithm of a density that kernels around training samples make up.
///
/// *Source*: scikit-learn 0.24 to 1.9, `tree_` with the samples and their weights, `bandwidth_` (`bandwidth` before 1.2),
/// `kernel`; computed without the tolerances `atol` and `rtol`.
struct KernelDensity: Labeller {
    let samples: [Double]
    let width: Int
    let logWeights: [Double]
    let bandwidth: Double
    let kernel: String
    let metric: Metric

    static let entry = EstimatorEntry("sklearn.neighbors.KernelDensity") { object throws(ModelImportError) in
        .labeller(try KernelDensity(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let tree = try object.estimator("tree_")
        let state = tree.value.state?.elements ?? []
        var arrays: [NumPyArray] = []
        for element in state {
            if let array = try importing({ () throws(ModelFormatError) in try element.numPyArray() }) {
                arrays.append(array)
            }
        }
        guard let data = arrays.first, data.shape.rank == 2, data.shape[0] > 0, data.shape[1] > 0 else {
            throw ModelImportError(.malformed, "`tree_` holds no samples, expected an array with two axes")
        }
        samples = try importing { () throws(ModelFormatError) in try data.doubles() }
        width = data.shape[1]
        let count = data.shape[0]
        let last = arrays.last { $0.shape.rank == 1 && $0.shape[0] == count && $0.type.elementType == .double }
        let weights = try importing { () throws(ModelFormatError) in try last?.doubles() }
        let all = weights ?? [Double](repeating: 1, count: count)
        let total = all.reduce(0, +)
        logWeights = all.map { log($0 / total) }
        bandwidth = try object.double(object.value["bandwidth_"] == nil ? "bandwidth" : "bandwidth_")
        kernel = try object.string("kernel")
        let name = try object.string("metric")
        metric = try Metric(name, exponent: object.value["metric_params"]?["p"]?.double)
        guard case .euclidean = metric else {
            throw ModelImportError(.unsupported, "metric `\(name)` is not supported, expected `euclidean`")
        }
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        let distances = try metric(try input.doubles(), samples)
        let scaled = try distances / bandwidth
        let (logarithms, norm) = try profile(scaled)
        let sum = try (logarithms + distances.row(logWeights, "weights")).reduced("ReduceLogSumExp")
        return Labelling(scores: try sum - (norm + Double(width) * log(bandwidth)))
    }

    /// The logarithm of the kernel at distances in units of the bandwidth, and that of its volume.
    private func profile(_ x: Matrix) throws(ModelImportError) -> (logarithms: Matrix, norm: Double) {
        let d = Double(width)
        let ball = 0.5 * d * log(Double.pi) - lgamma(0.5 * d + 1)
        let sphere = log(2 * Double.pi) + 0.5 * (d - 2) * log(Double.pi) - lgamma(0.5 * (d - 2) + 1)
        let isInside = try x.less(than: 1)
        func inside(_ values: Matrix) throws(ModelImportError) -> Matrix {
            try isInside.choose(values.log(), -Double.infinity)
        }
        switch kernel {
        case "gaussian": return (try x.squared() * -0.5, 0.5 * d * log(2 * Double.pi))
        case "exponential": return (-x, sphere + lgamma(d))
        case "tophat": return (try isInside.choose(0, x * 0 - Double.infinity), ball)
        case "epanechnikov":
            let values = try isInside.choose(1 - x.squared(), 1)
            return try (inside(values), ball + log(2 / (d + 2)))
        case "linear":
            let values = try isInside.choose(1 - x, 1)
            return try (inside(values), ball - log(d + 1))
        default: throw ModelImportError(.unsupported, "kernel `\(kernel)` is not supported")
        }
    }
}
