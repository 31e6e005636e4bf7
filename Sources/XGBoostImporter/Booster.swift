import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder

/// A saved booster.
///
/// *Source*: XGBoost's `doc/model.schema`, versions 1.0 to 3.2.
struct Booster {
    /// The class for scikit-learn that saved it.
    enum Wrapper: String {
        case classifier, regressor, ranker
    }

    private enum Model {
        case linear(LinearModel)
        case trees(TreeModel)
    }

    let version: String?
    let objective: Objective
    let featureCount: Int
    let featureNames: [String]?
    /// Outputs: the classes of a multi-class objective, or the targets.
    let groupCount: Int
    /// What `attributes` say of the class that saved it; `nil` for a booster by itself.
    let wrapper: Wrapper?
    /// The labels of the classes where they are not indices.
    let classLabels: ClassLabels?
    /// A value that counts as missing beside NaN.
    let missing: Float?
    let warnings: [String]
    private let baseScores: [Float]
    private let model: Model

    /// Reads a document with `learner` and `version`.
    ///
    /// *Parameter*: `isWrapped` says that a class for scikit-learn holds the booster, even if nothing in it says so.
    init(_ document: DocumentValue, isWrapped: Bool = false) throws(ModelImportError) {
        guard let learner = document["learner"] else {
            throw ModelImportError(.malformed, "`learner` is missing, expected an object")
        }
        version = document["version"]?.numbers.map { $0.map { "\(Int(exactly: $0) ?? 0)" }.joined(separator: ".") }
        guard let objective = learner["objective"]?["name"]?.string else {
            throw ModelImportError(.malformed, "`learner.objective.name` is missing, expected text")
        }
        self.objective = try Objective(named: objective)
        let parameters = LearnerParameters(document: learner["learner_model_param"], name: "learner_model_param")
        featureCount = try parameters.count("num_feature", in: 1...1 << 24)
        let classCount = try parameters.count("num_class", fallback: 0, in: 0...1 << 20)
        groupCount = max(1, classCount, try parameters.count("num_target", fallback: 1, in: 0...1 << 20))
        baseScores = try parameters.baseScores(count: groupCount)
        let names = learner["feature_names"]?.elements?.compactMap(\.string) ?? []
        featureNames = names.isEmpty ? nil : names
        let attributes = learner["attributes"]
        let saved = attributes?["scikit_learn"]?.string.map { jsonDocument($0) ?? .null }
        wrapper = saved.map { $0["_estimator_type"]?.string.flatMap { Wrapper(rawValue: $0) } } ?? nil
        classLabels = saved.flatMap { Self.labels(ofWrapper: $0) }
        if case .number(let value)? = saved?["missing"] { missing = Float(value) } else { missing = nil }
        let bestIteration = attributes?["best_iteration"]?.string
        let usesBest = isWrapped || saved != nil
        model = try Self.model(
            of: learner["gradient_booster"],
            featureCount: featureCount,
            groupCount: groupCount,
            bestIteration: usesBest ? bestIteration : nil
        )
        var warnings: [String] = []
        if !usesBest, bestIteration != nil {
            warnings.append("training stopped early and all trees are used, as `Booster.predict` does")
        }
        if learner["feature_types"]?.elements?.contains(where: { $0.string == "c" }) ?? false {
            warnings.append("columns of categories take their codes")
        }
        self.warnings = warnings
    }

    private static func model(
        of booster: DocumentValue?,
        featureCount: Int,
        groupCount: Int,
        bestIteration: String?
    ) throws(ModelImportError) -> Model {
        let name = booster?["name"]?.string ?? ""
        switch (booster, name) {
        case (let booster?, "gblinear"):
            return .linear(try LinearModel(booster, featureCount: featureCount, groupCount: groupCount))
        case (let booster?, "dart"), (let booster?, "gbtree"):
            return .trees(
                try TreeModel(
                    booster,
                    isDart: name == "dart",
                    featureCount: featureCount,
                    groupCount: groupCount,
                    bestIteration: bestIteration
                )
            )
        default:
            throw ModelImportError(
                .unsupported,
                "booster `\(name)` is not supported, expected `gbtree`, `dart` or `gblinear`"
            )
        }
    }

    /// The labels that the scikit-learn wrapper of versions before 1.6 encoded; `nil` for later ones.
    private static func labels(ofWrapper document: DocumentValue) -> ClassLabels? {
        guard let classes = document["_le"]?["classes_"] else { return nil }
        if let numbers = classes.numbers, !numbers.isEmpty {
            let ints = numbers.compactMap { Int64(exactly: $0) }
            return ints.count == numbers.count ? .ints(ints) : .doubles(numbers)
        }
        let strings = classes.elements?.compactMap(\.string) ?? []
        return strings.isEmpty ? nil : .strings(strings)
    }

    /// The margin of each output.
    ///
    /// *Shapes*: `[batch, features]`, floats with NaN for missing, to `[batch, groups]`, floats.
    func margins(of features: String, _ builder: inout GraphBuilder) throws(ModelImportError) -> String {
        let bounds = version.flatMap { FrameworkVersion($0) }.map { $0 >= FrameworkVersion(3, 2) } ?? true
        let base = try objective.margins(of: baseScores, bounds: bounds)
        return switch model {
        case .linear(let model): try model.margins(of: features, base: base[0], &builder)
        case .trees(let model): try model.margins(of: features, base: base, &builder)
        }
    }
}
