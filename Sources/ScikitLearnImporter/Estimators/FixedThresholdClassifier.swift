import Diagnostics
import ModelFormats
import ModelImport

/// A classifier of two classes with another threshold.
///
/// *Source*: scikit-learn 1.5 to 1.9, `estimator_`, `threshold` or `best_threshold_`, `pos_label`, `response_method`.
struct FixedThresholdClassifier: Classifier {
    let classifier: any Classifier
    let threshold: Double?
    let positive: Int
    let usesDecision: Bool?

    var classes: ClassLabels { classifier.classes }
    var inputForm: InputForm { classifier.inputForm }

    static let entry = EstimatorEntry(
        "sklearn.model_selection.FixedThresholdClassifier",
        "sklearn.model_selection.TunedThresholdClassifierCV"
    ) { object throws(ModelImportError) in
        .classifier(try FixedThresholdClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let name = object.value["estimator_"] == nil ? "estimator" : "estimator_"
        classifier = try object.classifier("estimator", name, try object.estimator(name))
        guard classifier.classes.count == 2 else {
            throw ModelImportError(.malformed, "there are \(classifier.classes.count) classes, expected 2")
        }
        threshold = (object.value["best_threshold_"] ?? object.value["threshold"])?.double
        let label = object.value["pos_label"] ?? object.value["_curve_scorer"]?["_kwargs"]?["pos_label"]
        if let label {
            positive = try Self.place(of: label, in: classifier.classes)
        } else {
            positive = 1
        }
        switch object.value["response_method"]?.string {
        case "decision_function": usesDecision = true
        case "predict_proba": usesDecision = false
        default: usesDecision = nil
        }
    }

    private static func place(of label: PickleValue, in classes: ClassLabels) throws(ModelImportError) -> Int {
        if label.isNone { return 1 }
        let labels: ClassLabels
        if let text = label.string {
            labels = .strings([text])
        } else if let number = label.double ?? label.bool.map({ $0 ? 1 : 0 }) {
            labels = .doubles([number])
        } else {
            throw ModelImportError(.malformed, "`pos_label` is neither text nor a number")
        }
        return try labels.places(in: classes)[0]
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var result = try classifier.classify(input)
        let takesDecision = usesDecision ?? (result.probabilities == nil)
        let score: Matrix
        if takesDecision {
            guard let decision = result.decision else {
                throw ModelImportError(.unsupported, "a classifier without `decision_function` is not supported here")
            }
            score = positive == 1 ? decision : -decision
        } else {
            score = try result.requiredProbabilities().column(positive)
        }
        let limit = threshold ?? (takesDecision ? 0 : 0.5)
        let isPositive = try score.greaterOrEqual(to: limit).cast(to: .int64)
        result.indices = try positive == 1 ? isPositive : 1 - isPositive
        return result
    }
}
