import ModelImport

/// A classifier for each target.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`.
struct MultiOutputClassifier: MultiClassifier {
    let classifiers: [any Classifier]

    var targetClasses: [ClassLabels] { classifiers.map(\.classes) }
    var inputForm: InputForm { classifiers[0].inputForm }

    static let entry = EstimatorEntry("sklearn.multioutput.MultiOutputClassifier") { object throws(ModelImportError) in
        .multiClassifier(MultiOutputClassifier(classifiers: try object.classifiers()))
    }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        var result = MultiClassification(indices: [], probabilities: [])
        for classifier in classifiers {
            let target = try classifier.classify(input)
            result.indices.append(target.indices)
            if let probabilities = target.probabilities { result.probabilities.append(probabilities) }
        }
        if result.probabilities.count < classifiers.count { result.probabilities = [] }
        return result
    }
}
