import Diagnostics
import ModelFormats
import ModelImport
import OnnxIR

/// A kernel between samples and constant samples.
///
/// *Source*: scikit-learn 0.24 to 1.9, `sklearn.metrics.pairwise.pairwise_kernels`.
enum Kernel {
    case additiveChi2
    case chi2(gamma: Double)
    case cosine
    case laplacian(gamma: Double)
    case linear
    case polynomial(gamma: Double, coefficient: Double, degree: Double)
    case rbf(gamma: Double)
    case sigmoid(gamma: Double, coefficient: Double)

    /// The kernel that an estimator's parameters name.
    ///
    /// *Parameter* defaultGamma: stands for `gamma=None`.
    init(
        _ object: EstimatorObject,
        name: String = "kernel",
        gamma: Double,
        coefficient: Double = 1,
        degree: Double = 3
    ) throws(ModelImportError) {
        guard let kernel = object.value[name]?.string else {
            throw ModelImportError(.unsupported, "a kernel that is a function is not supported, expected a name")
        }
        switch kernel {
        case "additive_chi2": self = .additiveChi2
        case "chi2": self = .chi2(gamma: gamma)
        case "cosine": self = .cosine
        case "laplacian": self = .laplacian(gamma: gamma)
        case "linear": self = .linear
        case "poly", "polynomial": self = .polynomial(gamma: gamma, coefficient: coefficient, degree: degree)
        case "rbf": self = .rbf(gamma: gamma)
        case "sigmoid": self = .sigmoid(gamma: gamma, coefficient: coefficient)
        default: throw ModelImportError(.unsupported, "kernel `\(kernel)` is not supported")
        }
    }

    /// The kernel of an estimator with `gamma`, `coef0`, `degree` and `kernel_params`.
    ///
    /// `gamma=None` is 1 for `chi2` and one over the number of features elsewhere.
    init(pairwise object: EstimatorObject, featureCount: Int) throws(ModelImportError) {
        let parameters = object.value["kernel_params"]
        func parameter(_ name: String) -> Double? {
            parameters?[name]?.double ?? object.value[name]?.double
        }
        let isChi2 = object.value["kernel"]?.string == "chi2"
        self = try Kernel(
            object,
            gamma: object.value["gamma_"]?.double ?? parameter("gamma") ?? (isChi2 ? 1 : 1 / Double(featureCount)),
            coefficient: parameter("coef0") ?? 1,
            degree: parameter("degree") ?? 3
        )
    }

    /// The kernel of each sample with each row.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, rows]`; `rows` is in row-major order.
    func callAsFunction(_ x: Matrix, _ rows: [Double]) throws(ModelImportError) -> Matrix {
        switch self {
        case .linear: return try x.product(transposed: rows, "samples")
        case .polynomial(let gamma, let coefficient, let degree):
            let linear = try (x.product(transposed: rows, "samples") * gamma) + coefficient
            return degree == 1 ? linear : try linear.power(degree)
        case .sigmoid(let gamma, let coefficient):
            return try ((x.product(transposed: rows, "samples") * gamma) + coefficient).apply("Tanh")
        case .rbf(let gamma): return try (x.squaredDistances(to: rows) * -gamma).exp()
        case .laplacian(let gamma):
            return try (x.differences(to: rows).absolute().summed(rows: x.rowCount(of: rows)) * -gamma).exp()
        case .cosine: return try x.cosines(with: rows)
        case .additiveChi2: return try -chi2Distance(x, rows)
        case .chi2(let gamma): return try (chi2Distance(x, rows) * -gamma).exp()
        }
    }

    private func chi2Distance(_ x: Matrix, _ rows: [Double]) throws(ModelImportError) -> Matrix {
        let (left, right) = try x.paired(with: rows)
        let sum = left + right
        let quotient = (left - right).squared() / sum
        return try sum.equal(to: 0).choose(0, quotient).summed(rows: x.rowCount(of: rows))
    }
}
