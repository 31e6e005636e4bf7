import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// Normal distributions with weights.
///
/// *Source*: scikit-learn 0.24 to 1.9, `means_`, `precisions_cholesky_`, `weights_`, `covariance_type`; the parameters of the
/// distributions of `BayesianGaussianMixture`.
struct GaussianMixture: Labeller {
    let count: Int
    let width: Int
    let means: [Double]
    /// For each component a matrix with the features as rows.
    let factors: [[Double]]
    /// What is added to the logarithm of each component.
    let constants: [Double]

    static let entry = EstimatorEntry(
        "sklearn.mixture.BayesianGaussianMixture",
        "sklearn.mixture.GaussianMixture"
    ) { object throws(ModelImportError) in
        .labeller(try GaussianMixture(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let (count, width, means) = try object.matrix("means_")
        (self.count, self.width, self.means) = (count, width, means)
        let (factors, determinants) = try object.precisionFactors(count: count, width: width)
        self.factors = factors
        let isBayesian = object.value["mean_precision_"] != nil
        let weights =
            try isBayesian
            ? object.bayesianWeights(count: count, width: width)
            : object.doubles("weights_", count: count, from: "means_").map { log($0) }
        constants = (0..<count).map {
            weights[$0] + determinants[$0] - 0.5 * Double(width) * log(2 * Double.pi)
        }
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        let x = try input.doubles()
        var columns: [Matrix] = []
        for (index, factor) in factors.enumerated() {
            let mean = Array(means[index * width..<(index + 1) * width])
            let squares = try (x - x.row(mean, "mean")).product(factor, columns: width, "precision").squared().sum()
            columns.append(try squares * -0.5 + constants[index])
        }
        let logarithms = Matrix.concatenated(columns)
        return Labelling(
            labels: logarithms.argMax(),
            probabilities: logarithms.softmax(),
            scores: logarithms.reduced("ReduceLogSumExp")
        )
    }
}

extension EstimatorObject {
    /// For each component the Cholesky factor of its precision, and the logarithm of its determinant.
    fileprivate func precisionFactors(
        count: Int,
        width: Int
    ) throws(ModelImportError) -> (factors: [[Double]], determinants: [Double]) {
        let all = try doubles("precisions_cholesky_")
        let type = try string("covariance_type")
        let sizes = ["full": count * width * width, "tied": width * width, "diag": count * width, "spherical": count]
        guard let size = sizes[type], all.count == size, count > 0 else {
            throw ModelImportError(
                .malformed,
                "`precisions_cholesky_` has \(all.count) elements, expected those of `\(type)`"
            )
        }
        let square = width * width
        if ["diag", "spherical"].contains(type) {
            _ = try FilledMatrix.elementCount("the precisions of components", count, width, width)
        }
        let factors: [[Double]] = (0..<count).map { component in
            switch type {
            case "full": return Array(all[component * square..<(component + 1) * square])
            case "tied": return all
            default:
                return (0..<square).map { index in
                    guard index / width == index % width else { return 0 }
                    return type == "diag" ? all[component * width + index / width] : all[component]
                }
            }
        }
        let determinants = factors.map { factor in (0..<width).map { log(factor[$0 * width + $0]) }.reduce(0, +) }
        return (factors, determinants)
    }

    /// For each component the expected logarithm of its weight, with what the distribution of its precision adds.
    fileprivate func bayesianWeights(count: Int, width: Int) throws(ModelImportError) -> [Double] {
        // One number for all components where they share a covariance.
        let shared = value["degrees_of_freedom_"]?.double.map { [Double](repeating: $0, count: count) }
        let freedoms = try shared == nil ? doubles("degrees_of_freedom_", count: count, from: "means_") : shared ?? []
        let precisions = try doubles("mean_precision_", count: count, from: "means_")
        var weights: [Double] = []
        if value["weight_concentration_prior_type"]?.string == "dirichlet_process" {
            let parts = try arrays("weight_concentration_")
            guard parts.count == 2 else {
                throw ModelImportError(.malformed, "`weight_concentration_` has \(parts.count) parts, expected 2")
            }
            let first = try importing { () throws(ModelFormatError) in try parts[0].doubles() }
            let second = try importing { () throws(ModelFormatError) in try parts[1].doubles() }
            guard first.count == count, second.count == count else {
                throw ModelImportError(.malformed, "`weight_concentration_` has another length than `means_`")
            }
            var rest = 0.0
            for (a, b) in zip(first, second) {
                weights.append(digamma(a) - digamma(a + b) + rest)
                rest += digamma(b) - digamma(a + b)
            }
        } else {
            let all = try doubles("weight_concentration_", count: count, from: "means_")
            weights = all.map { digamma($0) - digamma(all.reduce(0, +)) }
        }
        return (0..<count).map { component in
            let freedom = freedoms[component]
            let digammas = (0..<width).map { digamma(0.5 * (freedom - Double($0))) }.reduce(0, +)
            let logLambda = Double(width) * log(2.0) + digammas
            return weights[component] - 0.5 * Double(width) * log(freedom)
                + 0.5 * (logLambda - Double(width) / precisions[component])
        }
    }
}

/// The derivative of the logarithm of the gamma function, for numbers above 0.
private func digamma(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return .nan }
    var x = x
    var result = 0.0
    while x < 12 {
        result -= 1 / x
        x += 1
    }
    let inverse = 1 / (x * x)
    let series =
        inverse * (1.0 / 12 - inverse * (1.0 / 120 - inverse * (1.0 / 252 - inverse * (1.0 / 240 - inverse / 132))))
    return result + log(x) - 0.5 / x - series
}
