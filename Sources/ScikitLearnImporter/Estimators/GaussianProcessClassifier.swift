import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// A Gaussian process that classifies, by Laplace's approximation.
///
/// *Source*: scikit-learn 0.24 to 1.9, `base_estimator_`: `kernel_`, `X_train_`, `y_train_`, `pi_`, `W_sr_`, `L_`.
struct GaussianProcessClassifier: Classifier {
    let classes: ClassLabels
    let kernel: ProcessKernel
    let samples: [Double]
    let residuals: [Double]
    /// What takes covariances to their whitened form: a row for each training sample.
    let whitening: [Double]

    static let entry = EstimatorEntry(
        "sklearn.gaussian_process.GaussianProcessClassifier"
    ) { object throws(ModelImportError) in
        let inner = try object.estimator("base_estimator_")
        if inner.className.hasSuffix("ProcessClassifierLaplace") {
            return try .classifier(GaussianProcessClassifier(inner))
        }
        var members: [any Classifier] = []
        for estimator in try inner.nestedList("estimators_") {
            members.append(try GaussianProcessClassifier(estimator))
        }
        return .classifier(
            try GaussianProcessEnsemble(
                classes: object.classes(),
                members: members,
                isOneVersusOne: inner.className.hasSuffix(".OneVsOneClassifier")
            )
        )
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        kernel = try ProcessKernel(try object.estimator("kernel_"))
        let matrix = try object.matrix("X_train_")
        samples = matrix.elements
        let labels = try object.doubles("y_train_", count: matrix.rows, from: "X_train_")
        let probabilities = try object.doubles("pi_", count: matrix.rows, from: "X_train_")
        residuals = zip(labels, probabilities).map { $0 - $1 }
        let roots = try object.doubles("W_sr_", count: matrix.rows, from: "X_train_")
        let factor = try object.matrix("L_", rows: matrix.rows, columns: matrix.rows)
        let inverse = try SquareMatrix(order: matrix.rows, elements: factor).lowerInverse().elements
        whitening = inverse.indices.map { inverse[$0] * roots[$0 % matrix.rows] }
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let x = try input.doubles()
        let covariances = try kernel(x, samples)
        let latent = try covariances.product(residuals, columns: 1, "residuals")
        let explained = try covariances.product(transposed: whitening, "whitening").squared().sum()
        let variance = try kernel.variance(x) - explained
        let probability = try integral(latent, variance)
        return Classification(
            indices: try latent.greater(than: 0).cast(to: .int64),
            probabilities: try probability.withComplement()
        )
    }

    /// The logistic function averaged over a normal distribution.
    ///
    /// *Source*: Williams and Barber, Bayesian classification with Gaussian processes (1998), appendix A, by five error
    /// functions, as scikit-learn computes it.
    private func integral(_ mean: Matrix, _ variance: Matrix) throws(ModelImportError) -> Matrix {
        let scales = [0.41, 0.4, 0.37, 0.44, 0.39]
        let factors = [-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654]
        let alpha = try 1 / (variance * 2)
        let gamma = try mean * mean.row(scales, "scales")
        let argument = try gamma * (alpha / (alpha + mean.row(scales.map { $0 * $0 }, "squares"))).squareRoot()
        let normal = try (Double.pi / alpha).squareRoot() / ((variance * (2 * Double.pi)).squareRoot() * 2)
        let integrals = try normal * argument.errorFunction()
        return try integrals.product(factors, columns: 1, "factors") + 0.5 * factors.reduce(0, +)
    }
}

/// Gaussian processes for each class, or for each pair of classes.
struct GaussianProcessEnsemble: Classifier {
    let classes: ClassLabels
    let members: [any Classifier]
    let isOneVersusOne: Bool

    init(classes: ClassLabels, members: [any Classifier], isOneVersusOne: Bool) throws(ModelImportError) {
        let count = classes.count
        let expected = isOneVersusOne ? count * (count - 1) / 2 : count
        guard members.count == expected, expected > 0 else {
            throw ModelImportError(.malformed, "there are \(members.count) processes, expected \(expected)")
        }
        self.classes = classes
        self.members = members
        self.isOneVersusOne = isOneVersusOne
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var scores: [Matrix] = []
        var predictions: [Matrix] = []
        for member in members {
            let result = try member.classify(input)
            scores.append(try result.binaryScore().score)
            predictions.append(result.indices.cast(to: .double))
        }
        let all = Matrix.concatenated(scores)
        guard isOneVersusOne else {
            return Classification(indices: all.argMax(), probabilities: try all.dividedBySumOrUniform())
        }
        let decision = try all.oneVersusRest(predictions: .concatenated(predictions), classCount: classes.count)
        return Classification(indices: decision.argMax())
    }
}
