import Diagnostics
import ModelFormats
import ModelImport

/// Classifiers on samples of the training set, whose probabilities are averaged, or who vote.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_` on places of classes, `estimators_features_`, `classes_`.
struct BaggingClassifier: Classifier {
    let classes: ClassLabels
    let classifiers: [any Classifier]
    let features: [[Int]]

    var inputForm: InputForm { classifiers[0].inputForm.forAll(features, of: classifiers.count) }

    static let entry = EstimatorEntry("sklearn.ensemble.BaggingClassifier") { object throws(ModelImportError) in
        .classifier(try BaggingClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        classifiers = try object.classifiers()
        features = try object.featureSubsets(count: classifiers.count)
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let all = ClassLabels.ints((0..<classes.count).map { Int64($0) })
        var parts: [Matrix] = []
        var decisions: [Matrix] = []
        for (classifier, features) in zip(classifiers, features) {
            let result = try classifier.classify(try input.columns(features))
            let places = try classifier.classes.places(in: all)
            let indicators = try result.indices.indicators(classifier.classes.count)
            let votes = result.probabilities?.cast(to: .double) ?? indicators
            parts.append(try votes.spread(to: places, of: classes.count))
            if let decision = result.decision, classifier.classes.count == classes.count {
                decisions.append(decision.cast(to: .double))
            }
        }
        let mean = try Matrix.sum(parts) / Double(parts.count)
        return Classification(
            indices: mean.argMax(),
            probabilities: mean,
            decision: try decisions.count == parts.count ? Matrix.sum(decisions) / Double(parts.count) : nil
        )
    }
}

extension EstimatorObject {
    /// For each estimator, the features that it was fitted on.
    func featureSubsets(count: Int) throws(ModelImportError) -> [[Int]] {
        guard let featureCount = try featureCount() else {
            throw ModelImportError(.malformed, "`n_features_in_` is missing, expected an integer")
        }
        let all = Array(0..<featureCount)
        guard value["estimators_features_"] != nil else {
            return [[Int]](repeating: all, count: count)
        }
        var subsets: [[Int]] = []
        for element in try list("estimators_features_") {
            if element.className?.hasSuffix(".slice") == true {
                subsets.append(all)
                continue
            }
            let places = try importing { () throws(ModelFormatError) in try element.numPyArray()?.integers() } ?? []
            guard places.allSatisfy({ (0..<featureCount).contains($0) }), !places.isEmpty else {
                throw ModelImportError(.malformed, "`estimators_features_` leaves 0..<\(featureCount)")
            }
            subsets.append(places)
        }
        guard subsets.count == count else {
            throw ModelImportError(
                .malformed,
                "`estimators_features_` has \(subsets.count) elements, expected \(count) from `estimators_`"
            )
        }
        return subsets
    }
}

extension InputForm {
    /// The form of an ensemble by that of its members: numbers, where members take some of the features only.
    func forAll(_ subsets: [[Int]], of count: Int) -> InputForm {
        guard case .columns(let types, _) = self else { return self }
        return subsets.allSatisfy { $0 == Array(types.indices) } ? self : .numbers
    }
}
