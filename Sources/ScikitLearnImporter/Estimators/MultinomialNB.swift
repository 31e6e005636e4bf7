import Foundation
import ModelFormats
import ModelImport

/// Naive Bayes over counts or indicators.
///
/// *Source*: scikit-learn 0.24 to 1.9, `feature_log_prob_`, `class_log_prior_`; `binarize` of `BernoulliNB`. `ComplementNB`
/// has no prior, save for one class.
struct MultinomialNB: Classifier {
    let classes: ClassLabels
    let weights: [Double]
    let constants: [Double]
    let threshold: Double?

    static let entry = EstimatorEntry(
        "sklearn.naive_bayes.BernoulliNB",
        "sklearn.naive_bayes.ComplementNB",
        "sklearn.naive_bayes.MultinomialNB"
    ) { object throws(ModelImportError) in
        .classifier(try MultinomialNB(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        let count = classes.count
        let width = try object.matrix("feature_log_prob_").columns
        let logarithms = try object.matrix("feature_log_prob_", rows: count)
        let priors = try object.doubles("class_log_prior_", count: count, from: "classes_")
        guard object.className.hasSuffix(".BernoulliNB") else {
            weights = logarithms
            constants = object.className.hasSuffix(".ComplementNB") && count > 1 ? priors.map { _ in 0 } : priors
            threshold = nil
            return
        }
        let negatives = logarithms.map { log(1 - exp($0)) }
        weights = zip(logarithms, negatives).map { $0 - $1 }
        constants = (0..<count).map { priors[$0] + negatives[$0 * width..<($0 + 1) * width].reduce(0, +) }
        threshold = object.value["binarize"]?.double
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var x = try input.doubles()
        if let threshold { x = try x.greater(than: threshold).cast(to: .double) }
        return try Classification(
            likelihoods: x.product(transposed: weights, "log_probabilities") + x.row(constants, "priors")
        )
    }
}
