import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// A booster as an estimator: alone, or inside of the wrapper class for scikit-learn.
struct BoosterEstimator: TabularEstimator {
    let booster: Booster
    let summary: EstimatorSummary
    let target: TabularTarget
    /// Whether the class has `decision_function`, which gives raw scores.
    private let hasDecision: Bool

    /// A booster by itself, which predicts what its objective says.
    init(_ booster: Booster) {
        self.booster = booster
        hasDecision = true
        let name =
            switch booster.objective.kind {
            case .binary, .multiclass: "LGBMClassifier"
            case .ranking: "LGBMRanker"
            case .regression, .custom: "LGBMRegressor"
            }
        summary = EstimatorSummary(className: "lightgbm.\(name)")
        target =
            switch booster.objective.kind {
            case .binary: .classes(.ints([0, 1]))
            case .multiclass: .classes(.ints((0..<Int64(booster.groupCount)).map(\.self)))
            case .regression, .ranking, .custom: Self.numbers(booster)
            }
    }

    /// A classifier whose classes have these labels.
    init(_ booster: Booster, className: String, classes: ClassLabels, hasDecision: Bool) {
        self.booster = booster
        self.hasDecision = hasDecision
        summary = EstimatorSummary(className: className)
        target = booster.objective.kind == .custom ? Self.numbers(booster) : .classes(classes)
    }

    /// A regressor, which predicts numbers whatever the objective is.
    init(_ booster: Booster, className: String) {
        self.booster = booster
        hasDecision = false
        summary = EstimatorSummary(className: className)
        target = Self.numbers(booster)
    }

    private static func numbers(_ booster: Booster) -> TabularTarget {
        booster.groupCount == 1 ? .number : .numbers(count: booster.groupCount)
    }

    var takesDoubles: Bool { true }
    var frameworkVersion: String? { nil }
    var featureCount: Int { booster.featureCount }
    var featureNames: [String]? { booster.featureNames }

    var warnings: [String] {
        var warnings: [String] = []
        if booster.objective.kind == .custom {
            warnings.append("no objective was saved, as for one of your own: predictions are raw scores")
        }
        if booster.hasPandasCategories {
            warnings.append("columns of categories take their codes, in the order that pandas had for them")
        }
        return warnings
    }

    func predict(
        _ features: String,
        of type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> TabularPrediction {
        let scores = try booster.scores(of: features, type: type, &builder)
        let values = try booster.objective.predictions(of: scores, &builder)
        guard case .classes = target else { return TabularPrediction(values: values, elementType: .double) }
        var prediction: TabularPrediction
        if booster.groupCount == 1 {
            prediction = try builder.binaryPrediction(second: values, type: .double)
        } else {
            let attributes = [Attribute("axis", .int(1)), Attribute("keepdims", .int(0))]
            let indices = builder.node("ArgMax", [values], attributes)
            prediction = TabularPrediction(indices: indices, probabilities: values, elementType: .double)
        }
        if hasDecision { prediction.decision = scores }
        return prediction
    }
}
