import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// The covariance function of a Gaussian process.
///
/// *Source*: scikit-learn 0.24 to 1.9, `sklearn.gaussian_process.kernels`.
indirect enum ProcessKernel {
    case constant(Double)
    case dotProduct(Double)
    case matern(scales: [Double], order: Double)
    case pairwise(Kernel)
    case periodic(scale: Double, period: Double)
    case power(ProcessKernel, Double)
    case product(ProcessKernel, ProcessKernel)
    case quadratic(scale: Double, mixture: Double)
    case rbf(scales: [Double])
    case sum(ProcessKernel, ProcessKernel)
    /// Noise, which different samples do not share.
    case white(Double)

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let name = object.className.split(separator: ".").last.map(String.init) ?? ""
        switch name {
        case "ConstantKernel": self = .constant(try object.double("constant_value"))
        case "DotProduct": self = .dotProduct(try object.double("sigma_0"))
        case "ExpSineSquared":
            self = .periodic(scale: try object.double("length_scale"), period: try object.double("periodicity"))
        case "Exponentiation":
            self = try .power(object.kernel("kernel"), object.double("exponent"))
        case "Matern":
            let order = try object.double("nu")
            try object.refuse(!(order > 0), "`Matern` with `nu=\(order)`")
            let scales = try object.lengthScales()
            self = order == .infinity ? .rbf(scales: scales) : .matern(scales: scales, order: order)
        case "PairwiseKernel":
            let parameters = object.value["pairwise_kernels_kwargs"]
            self = .pairwise(
                try Kernel(
                    object,
                    name: "metric",
                    gamma: object.double("gamma"),
                    coefficient: parameters?["coef0"]?.double ?? 1,
                    degree: parameters?["degree"]?.double ?? 3
                )
            )
        case "Product": self = .product(try object.kernel("k1"), try object.kernel("k2"))
        case "RBF": self = .rbf(scales: try object.lengthScales())
        case "RationalQuadratic":
            self = .quadratic(scale: try object.double("length_scale"), mixture: try object.double("alpha"))
        case "Sum": self = .sum(try object.kernel("k1"), try object.kernel("k2"))
        case "WhiteKernel": self = .white(try object.double("noise_level"))
        default: throw ModelImportError(.unsupported, "kernel `\(object.className)` is not supported")
        }
    }

    /// The covariance of each sample with each row: `[batch, rows]`.
    func callAsFunction(_ x: Matrix, _ rows: [Double]) throws(ModelImportError) -> Matrix {
        let count = x.rowCount(of: rows)
        switch self {
        case .constant(let value): return try x.filled(with: [Double](repeating: value, count: count))
        case .white: return try x.filled(with: [Double](repeating: 0, count: count))
        case .dotProduct(let offset): return try x.product(transposed: rows, "samples") + offset * offset
        case .pairwise(let kernel): return try kernel(x, rows)
        case .power(let kernel, let exponent): return try kernel(x, rows).power(exponent)
        case .product(let first, let second): return try first(x, rows) * second(x, rows)
        case .sum(let first, let second): return try first(x, rows) + second(x, rows)
        case .rbf(let scales): return try (distances(x, rows, scales).squared() * -0.5).exp()
        case .periodic(let scale, let period):
            let sine = try (distances(x, rows, [1]) * (Double.pi / period)).apply("Sin") / scale
            return try (sine.squared() * -2).exp()
        case .quadratic(let scale, let mixture):
            let squares = try distances(x, rows, [1]).squared() / (2 * mixture * scale * scale)
            return try (squares + 1).power(-mixture)
        case .matern(let scales, let order):
            let distances = try distances(x, rows, scales)
            switch order {
            case 0.5: return (-distances).exp()
            case 1.5:
                let scaled = try distances * 3.0.squareRoot()
                return try (scaled + 1) * (-scaled).exp()
            case 2.5:
                let scaled = try distances * 5.0.squareRoot()
                return try (scaled + 1 + scaled.squared() / 3) * (-scaled).exp()
            default:
                let apart = try distances.equal(to: 0).choose(Double.ulpOfOne, distances)
                let factor = pow(2, 1 - order) / tgamma(order)
                return try (apart * (2 * order).squareRoot()).besselProduct(order: order) * factor
            }
        }
    }

    /// The variance of each sample: `[batch, 1]`.
    func variance(_ x: Matrix) throws(ModelImportError) -> Matrix {
        switch self {
        case .constant(let value), .white(let value): return try x.filled(with: [value])
        case .dotProduct(let offset): return try x.squared().sum() + offset * offset
        case .pairwise(let kernel):
            switch kernel {
            case .rbf, .laplacian, .chi2: return try x.filled(with: [1])
            case .linear: return try x.squared().sum()
            default: throw ModelImportError(.unsupported, "the variance of such a `PairwiseKernel` is not supported")
            }
        case .power(let kernel, let exponent): return try kernel.variance(x).power(exponent)
        case .product(let first, let second): return try first.variance(x) * second.variance(x)
        case .sum(let first, let second): return try first.variance(x) + second.variance(x)
        case .rbf, .periodic, .quadratic, .matern: return try x.filled(with: [1])
        }
    }

    private func distances(_ x: Matrix, _ rows: [Double], _ scales: [Double]) throws(ModelImportError) -> Matrix {
        guard scales.count == 1 || scales.count == x.columnCount else {
            throw ModelImportError(
                .malformed,
                "`length_scale` has \(scales.count) elements, expected 1 or \(x.columnCount)"
            )
        }
        let scaled = rows.indices.map { rows[$0] / scales[$0 % scales.count] }
        return try Metric.euclidean(x / x.row(scales, "length_scale"), scaled)
    }
}

extension EstimatorObject {
    fileprivate func kernel(_ name: String) throws(ModelImportError) -> ProcessKernel {
        guard nestingIsAllowed else {
            throw ModelImportError(.tooDeep, "kernels nest too deep, expected at most \(Self.nestingLimit) levels")
        }
        return try ProcessKernel(try estimator(name))
    }

    fileprivate func lengthScales() throws(ModelImportError) -> [Double] {
        if let number = value["length_scale"]?.double { return [number] }
        if let numbers = value["length_scale"]?.elements?.compactMap(\.double), !numbers.isEmpty { return numbers }
        let scales = try doubles("length_scale")
        guard !scales.isEmpty else { throw ModelImportError(.malformed, "`length_scale` is empty, expected numbers") }
        return scales
    }
}
