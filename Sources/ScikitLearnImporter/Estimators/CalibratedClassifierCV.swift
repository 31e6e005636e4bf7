import Diagnostics
import ModelFormats
import ModelImport

/// Classifiers whose scores calibrators turn into probabilities, averaged.
///
/// *Source*: scikit-learn 0.24 to 1.9, `calibrated_classifiers_` with `estimator` (`base_estimator` before 1.4) and
/// `calibrators` (`calibrators_` before 1.3): `a_` and `b_`, isotonic functions, or `beta_` (1.8).
struct CalibratedClassifierCV: Classifier {
    private struct Part {
        var classifier: any Classifier
        var places: [Int]
        var calibrators: [Calibrator]
    }

    let classes: ClassLabels
    private let parts: [Part]

    var inputForm: InputForm { parts[0].classifier.inputForm }

    static let entry = EstimatorEntry("sklearn.calibration.CalibratedClassifierCV") { object throws(ModelImportError) in
        .classifier(try CalibratedClassifierCV(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let classes = try object.classes()
        self.classes = classes
        var parts: [Part] = []
        for (index, part) in try object.nestedList("calibrated_classifiers_").enumerated() {
            let name = part.value["estimator"] == nil ? "base_estimator" : "estimator"
            let classifier = try object.classifier("estimator", "\(index)", part.estimator(name))
            var calibrators: [Calibrator] = []
            for value in try part.list(part.value["calibrators"] == nil ? "calibrators_" : "calibrators") {
                calibrators.append(try Calibrator(object.nested(value)))
            }
            // A temperature keeps the columns of its estimator, whose labels may be places of classes.
            var places = Array(0..<classes.count)
            if case .temperature? = calibrators.first {} else { places = try classifier.classes.places(in: classes) }
            parts.append(Part(classifier: classifier, places: places, calibrators: calibrators))
        }
        guard !parts.isEmpty, parts.allSatisfy({ !$0.calibrators.isEmpty }) else {
            throw ModelImportError(
                .malformed,
                "`calibrated_classifiers_` is empty, expected classifiers with calibrators"
            )
        }
        self.parts = parts
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var sums: [Matrix] = []
        for part in parts { sums.append(try probabilities(part, input)) }
        let mean = try Matrix.sum(sums) / Double(sums.count)
        return Classification(indices: mean.argMax(), probabilities: mean)
    }

    private func probabilities(_ part: Part, _ input: Table) throws(ModelImportError) -> Matrix {
        let result = try part.classifier.classify(input)
        let isBinary = classes.count == 2
        if case .temperature(let beta) = part.calibrators[0] {
            return try (logits(result) * beta).softmax()
        }
        let scores: Matrix
        if let decision = result.decision {
            scores = decision.cast(to: .double)
        } else {
            let probabilities = try result.requiredProbabilities()
            scores = try isBinary ? probabilities.column(1) : probabilities
        }
        guard part.calibrators.count == scores.columnCount else {
            throw ModelImportError(
                .malformed,
                "there are \(part.calibrators.count) calibrators, expected \(scores.columnCount)"
            )
        }
        var columns: [Matrix] = []
        for (index, calibrator) in part.calibrators.enumerated() {
            columns.append(try calibrator(try scores.column(index)))
        }
        let calibrated = Matrix.concatenated(columns)
        if isBinary { return try calibrated.withComplement() }
        return try calibrated.spread(to: part.places, of: classes.count).dividedBySumOrUniform()
    }

    private func logits(_ result: Classification) throws(ModelImportError) -> Matrix {
        guard let decision = result.decision?.cast(to: .double) else {
            return try (result.requiredProbabilities() + 1e-12).log()
        }
        return decision.columnCount == 1 ? .concatenated([-decision, decision]) : decision
    }
}

/// What turns the scores of one class into probabilities.
private enum Calibrator {
    case isotonic(IsotonicRegression)
    case sigmoid(slope: Double, intercept: Double)
    case temperature(Double)

    init(_ object: EstimatorObject) throws(ModelImportError) {
        if let slope = object.value["a_"]?.double, let intercept = object.value["b_"]?.double {
            self = .sigmoid(slope: slope, intercept: intercept)
        } else if object.value["X_thresholds_"] != nil {
            self = try .isotonic(IsotonicRegression(object))
        } else if object.value["beta_"] != nil {
            self = try .temperature(object.double("beta_"))
        } else {
            throw ModelImportError(.unsupported, "calibrator `\(object.className)` is not supported")
        }
    }

    func callAsFunction(_ scores: Matrix) throws(ModelImportError) -> Matrix {
        switch self {
        case .isotonic(let function): try function.predict(Table(scores))
        case .sigmoid(let slope, let intercept): try (scores * -slope - intercept).sigmoid()
        case .temperature: scores
        }
    }
}
