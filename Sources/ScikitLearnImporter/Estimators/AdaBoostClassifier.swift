import Diagnostics
import ModelFormats
import ModelImport

/// Classifiers with weights for their votes.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `estimator_weights_`, `classes_`; `algorithm` is gone since 1.8, and
/// was `SAMME.R` by default before 1.6.
struct AdaBoostClassifier: Classifier {
    let classes: ClassLabels
    let classifiers: [any Classifier]
    let weights: [Double]
    let usesProbabilities: Bool

    var inputForm: InputForm { classifiers[0].inputForm }

    static let entry = EstimatorEntry("sklearn.ensemble.AdaBoostClassifier") { object throws(ModelImportError) in
        .classifier(try AdaBoostClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        classifiers = try object.classifiers()
        let all = try object.doubles("estimator_weights_")
        guard all.count >= classifiers.count else {
            throw ModelImportError(
                .malformed,
                "`estimator_weights_` has \(all.count) elements, expected \(classifiers.count) from `estimators_`"
            )
        }
        // Boosting that ends early leaves zeros behind the weights of its estimators.
        weights = Array(all.prefix(classifiers.count))
        usesProbabilities = object.value["algorithm"]?.string == "SAMME.R"
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let count = classes.count
        var parts: [Matrix] = []
        for (classifier, weight) in zip(classifiers, weights) {
            let result = try classifier.classify(input)
            let places = try classifier.classes.places(in: classes)
            guard usesProbabilities else {
                let rows = try FilledMatrix.indicators("the votes of a classifier", places, width: count)
                    .map { $0 == 1 ? weight : -weight / Double(count - 1) }
                parts.append(try result.indices.rows(of: rows, width: count))
                continue
            }
            let probabilities = try result.requiredProbabilities().spread(to: places, of: count)
            let logarithms = try probabilities.atLeast(Double.ulpOfOne).log()
            let mean = try logarithms.sum() / Double(count)
            parts.append(try (logarithms - mean) * Double(count - 1))
        }
        let total = weights.reduce(0, +)
        let votes = try Matrix.sum(parts) / total
        guard count > 2 else {
            let decision = try votes.column(1) - votes.column(0)
            let halves = try Matrix.concatenated([-decision, decision]) * 0.5
            return Classification(
                indices: try decision.decidedClass(),
                probabilities: halves.softmax(),
                decision: decision
            )
        }
        let scaled = try votes / Double(count - 1)
        return Classification(indices: votes.argMax(), probabilities: scaled.softmax(), decision: votes)
    }
}
