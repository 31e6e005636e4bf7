import Diagnostics
import ModelFormats
import ModelImport

/// Classifiers that vote, or whose probabilities are averaged.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_` on places of classes, `voting`, `weights`, `classes_`.
struct VotingClassifier: Classifier {
    let classes: ClassLabels
    let classifiers: [any Classifier]
    let weights: [Double]
    let isSoft: Bool

    var inputForm: InputForm { .shared(by: classifiers.map(\.inputForm)) }

    static let entry = EstimatorEntry("sklearn.ensemble.VotingClassifier") { object throws(ModelImportError) in
        .classifier(try VotingClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        classifiers = try object.classifiers()
        weights = try object.votingWeights(count: classifiers.count)
        isSoft = try object.string("voting") == "soft"
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let all = ClassLabels.ints((0..<classes.count).map { Int64($0) })
        var parts: [Matrix] = []
        for (classifier, weight) in zip(classifiers, weights) {
            let result = try classifier.classify(input)
            let places = try classifier.classes.places(in: all)
            let votes =
                try isSoft ? result.requiredProbabilities() : result.indices.indicators(classifier.classes.count)
            parts.append(try votes.spread(to: places, of: classes.count) * weight)
        }
        let mean = try Matrix.sum(parts) / weights.reduce(0, +)
        return Classification(indices: mean.argMax(), probabilities: isSoft ? mean : nil)
    }
}

extension EstimatorObject {
    /// The weights of the estimators that were not dropped; 1 where there are none.
    func votingWeights(count: Int) throws(ModelImportError) -> [Double] {
        guard let value = value["weights"], !value.isNone else { return [Double](repeating: 1, count: count) }
        let array = try importing { () throws(ModelFormatError) in try value.numPyArray()?.doubles() }
        let all = array ?? value.elements?.compactMap(\.double) ?? []
        let estimators = try list("estimators").map { $0.elements?.last?.string == "drop" }
        guard all.count == estimators.count else {
            throw ModelImportError(.malformed, "`weights` has \(all.count) elements, expected \(estimators.count)")
        }
        let kept = zip(all, estimators).filter { !$0.1 }.map(\.0)
        guard kept.count == count else {
            throw ModelImportError(.malformed, "`weights` are for \(kept.count) estimators, expected \(count)")
        }
        return kept
    }
}
