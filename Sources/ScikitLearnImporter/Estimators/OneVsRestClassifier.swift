import Diagnostics
import ModelFormats
import ModelImport

/// A classifier for each class against all others, or for each of several labels.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `label_binarizer_`.
struct OneVsRestClassifier {
    private let members: [any Classifier]
    let classes: ClassLabels
    let targetClasses: [ClassLabels]

    var inputForm: InputForm {
        (members.first { !($0 is ConstantClassifier) } ?? members[0]).inputForm
    }

    static let entry = EstimatorEntry("sklearn.multiclass.OneVsRestClassifier") { object throws(ModelImportError) in
        let fitted = try OneVsRestClassifier(object)
        let binarizer = try object.estimator("label_binarizer_")
        let isMultilabel = binarizer.value["y_type_"]?.string?.hasPrefix("multilabel") == true
        return isMultilabel ? .multiClassifier(fitted) : .classifier(fitted)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        let members = try object.classifiers()
        guard members.count == classes.count || (members.count == 1 && classes.count == 2) else {
            throw ModelImportError(
                .malformed,
                "`estimators_` has \(members.count) elements, expected them from \(classes.count) classes"
            )
        }
        self.members = members
        targetClasses = members.map { _ in .ints([0, 1]) }
    }

    private struct Scores {
        var scores: Matrix
        var threshold: Double
        var probabilities: Matrix?
        var decision: Matrix?
    }

    private func scores(_ input: Table) throws(ModelImportError) -> Scores {
        var columns: [Matrix] = []
        var probabilities: [Matrix] = []
        var decisions: [Matrix] = []
        var threshold: Double?
        for member in members {
            let result = try member.classify(input)
            let (score, limit) = try result.binaryScore()
            // SPEC: the first estimator decides for all, and a constant one is no classifier.
            threshold = threshold ?? (member is ConstantClassifier ? 0.5 : limit)
            columns.append(score)
            if let all = result.probabilities { probabilities.append(try all.cast(to: .double).column(1)) }
            if let decision = result.decision { decisions.append(decision.cast(to: .double)) }
        }
        return Scores(
            scores: .concatenated(columns),
            threshold: threshold ?? 0.5,
            probabilities: probabilities.count == members.count ? .concatenated(probabilities) : nil,
            decision: decisions.count == members.count ? .concatenated(decisions) : nil
        )
    }
}

extension OneVsRestClassifier: Classifier, MultiClassifier {
    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let result = try scores(input)
        guard members.count > 1 else {
            return Classification(
                indices: try result.scores.greater(than: result.threshold).cast(to: .int64),
                probabilities: try result.probabilities?.withComplement(),
                decision: result.decision
            )
        }
        return Classification(
            indices: result.scores.argMax(),
            probabilities: try result.probabilities?.dividedBySumOrUniform(),
            decision: result.decision
        )
    }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        let result = try scores(input)
        let labels = try result.scores.greater(than: result.threshold).cast(to: .int64)
        return try MultiClassification(
            indicators: labels,
            probabilities: result.probabilities,
            decision: result.decision
        )
    }
}
