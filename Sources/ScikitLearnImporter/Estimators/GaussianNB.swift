import Foundation
import ModelFormats
import ModelImport

/// Naive Bayes over normal features.
///
/// *Source*: scikit-learn 0.24 to 1.9, `theta_`, `var_` (`sigma_` before 1.0), `class_prior_`.
struct GaussianNB: Classifier {
    let classes: ClassLabels
    let means: [Double]
    let variances: [Double]
    let constants: [Double]

    static let entry = EstimatorEntry("sklearn.naive_bayes.GaussianNB") { object throws(ModelImportError) in
        .classifier(try GaussianNB(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        let count = classes.count
        let width = try object.matrix("theta_").columns
        means = try object.matrix("theta_", rows: count)
        let variances = try object.matrix(object.value["var_"] == nil ? "sigma_" : "var_", rows: count, columns: width)
        self.variances = variances
        let priors = try object.doubles("class_prior_", count: count, from: "classes_")
        constants = (0..<count).map { index in
            let own = variances[index * width..<(index + 1) * width]
            return log(priors[index]) - 0.5 * own.map { log(2 * Double.pi * $0) }.reduce(0, +)
        }
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let x = try input.doubles()
        let differences = try x.differences(to: means)
        let scales = try x.row(variances, "variances").reshaped([1, classes.count, x.columnCount])
        let squares = try (differences.squared() / scales).summed(rows: classes.count)
        return try Classification(likelihoods: squares * -0.5 + x.row(constants, "constants"))
    }
}

extension Classification {
    /// The classification by logarithms of joint probabilities: `[batch, classes]`.
    init(likelihoods: Matrix, decision: Matrix? = nil) {
        self.init(indices: likelihoods.argMax(), probabilities: likelihoods.softmax(), decision: decision)
    }
}
