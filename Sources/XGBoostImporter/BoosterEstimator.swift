import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// A booster as an estimator: alone, or inside of the wrapper class for scikit-learn.
struct BoosterEstimator: TabularEstimator {
    let booster: Booster
    let summary: EstimatorSummary
    let target: TabularTarget
    private let missing: Float?

    /// A booster that was saved by itself, or by a wrapper that left its kind in it.
    init(_ booster: Booster) throws(ModelImportError) {
        let wrapper = booster.wrapper ?? (booster.objective.isClassifier ? .classifier : .regressor)
        try self.init(booster, wrapper: wrapper, labels: booster.classLabels)
    }

    /// A booster inside of a wrapper; the classes of forests are those of boosters with other defaults, and no file but a
    /// pickle tells them apart.
    init(
        _ booster: Booster,
        wrapper: Booster.Wrapper,
        labels: ClassLabels?,
        missing: Float? = nil
    ) throws(ModelImportError) {
        self.booster = booster
        self.missing = missing ?? booster.missing
        let name =
            switch wrapper {
            case .classifier: "XGBClassifier"
            case .regressor: "XGBRegressor"
            case .ranker: "XGBRanker"
            }
        summary = EstimatorSummary(className: "xgboost.\(name)")
        let count = booster.groupCount
        guard wrapper == .classifier else {
            target = count == 1 || booster.objective == .softmax ? .number : .numbers(count: count)
            return
        }
        if count > 1, !booster.objective.isMulticlass {
            target = .labels(count: count)
            return
        }
        let classCount = max(2, count)
        let labels = labels ?? .ints((0..<Int64(classCount)).map(\.self))
        guard labels.count == classCount else {
            throw ModelImportError(.malformed, "`classes_` has \(labels.count) labels, expected \(classCount)")
        }
        target = .classes(labels)
    }

    var takesDoubles: Bool { false }
    var frameworkVersion: String? { booster.version }
    var featureCount: Int { booster.featureCount }
    var featureNames: [String]? { booster.featureNames }
    var warnings: [String] { booster.warnings }

    func predict(
        _ features: String,
        of type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> TabularPrediction {
        var features = type == .float ? features : builder.cast(features, to: .float)
        if let missing, !missing.isNaN {
            let value = try builder.scalar(Double(missing), of: .float, name: "missing")
            let nan = try builder.scalar(.nan, of: .float, name: "nan")
            features = builder.node("Where", [builder.node("Equal", [features, value]), nan, features])
        }
        let margins = try booster.margins(of: features, &builder)
        let values = try booster.objective.predictions(of: margins, &builder)
        switch target {
        case .number where booster.objective == .softmax:
            let attributes = [Attribute("axis", .int(1)), Attribute("keepdims", .int(1))]
            let indices = builder.node("ArgMax", [margins], attributes)
            return TabularPrediction(values: builder.cast(indices, to: .float), elementType: .float)
        case .number, .numbers: return TabularPrediction(values: values, elementType: .float)
        case .labels: return try builder.labelsPrediction(probabilities: values, type: .float)
        case .classes:
            guard booster.groupCount > 1 else { return try builder.binaryPrediction(second: values, type: .float) }
            let attributes = [Attribute("axis", .int(1)), Attribute("keepdims", .int(0))]
            let indices = builder.node("ArgMax", [values], attributes)
            return TabularPrediction(indices: indices, probabilities: values, elementType: .float)
        }
    }
}
