import Diagnostics
import ModelImport

/// Transformers one after the other, and an estimator of any role at the end.
///
/// *Source*: scikit-learn 0.24 to 1.9, `steps`; `None` and `"passthrough"` leave the features as they are.
struct Pipeline {
    let transformers: [(name: String, transformer: any Transformer)]

    static let entry = EstimatorEntry("sklearn.pipeline.Pipeline") { object throws(ModelImportError) in
        guard let steps = try object.steps() else {
            throw ModelImportError(.malformed, "`steps` is missing, expected a list")
        }
        var transformers: [(name: String, transformer: any Transformer)] = []
        var last: (name: String, roles: Roles)?
        for (index, step) in steps.enumerated() {
            guard let part = step.object else { continue }
            let roles = try object.part("step", step.name, part)
            if index == steps.count - 1 {
                last = (step.name, roles)
            } else if let transformer = roles.transformer {
                transformers.append((step.name, transformer))
            } else {
                throw ModelImportError(
                    .malformed,
                    at: .item("step", step.name, part.className),
                    "the estimator transforms nothing, expected a transformer"
                )
            }
        }
        let predictor = last?.roles.predictor?.behind(Pipeline(transformers: transformers), name: last?.name ?? "")
        if let last, let transformer = last.roles.transformer { transformers.append((last.name, transformer)) }
        let transforms = last == nil || last?.roles.transformer != nil
        return Roles(predictor: predictor, transformer: transforms ? Pipeline(transformers: transformers) : nil)
    }
}

extension Pipeline: Transformer {
    var inputForm: InputForm { transformers.first?.transformer.inputForm ?? .numbers }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        var table = input
        for (name, transformer) in transformers {
            table = try input.graph.scoped(name) { () throws(ModelImportError) in try transformer.transform(table) }
        }
        return table
    }
}

extension Predictor {
    /// The predictor on what a pipeline makes of its input.
    func behind(_ pipeline: Pipeline, name: String) -> Predictor {
        switch self {
        case .classifier(let last): .classifier(PipelineClassifier(pipeline: pipeline, last: last, name: name))
        case .labeller(let last): .labeller(PipelineLabeller(pipeline: pipeline, last: last, name: name))
        case .multiClassifier(let last):
            .multiClassifier(PipelineMultiClassifier(pipeline: pipeline, last: last, name: name))
        case .regressor(let last): .regressor(PipelineRegressor(pipeline: pipeline, last: last, name: name))
        }
    }
}

/// The last estimator of a pipeline, on what the transformers before it give.
private protocol LastStep: GraphPart {
    var pipeline: Pipeline { get }
    var lastForm: InputForm { get }
    var name: String { get }
}

extension LastStep {
    var inputForm: InputForm { pipeline.transformers.isEmpty ? lastForm : pipeline.inputForm }

    func run<Result>(
        _ input: Table,
        _ body: (Table) throws(ModelImportError) -> Result
    ) throws(ModelImportError) -> Result {
        let features = try pipeline.transform(input)
        return try input.graph.scoped(name) { () throws(ModelImportError) in try body(features) }
    }
}

private struct PipelineClassifier: Classifier, LastStep {
    let pipeline: Pipeline
    let last: any Classifier
    let name: String

    var lastForm: InputForm { last.inputForm }
    var classes: ClassLabels { last.classes }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        try run(input) { (features) throws(ModelImportError) in try last.classify(features) }
    }
}

private struct PipelineMultiClassifier: MultiClassifier, LastStep {
    let pipeline: Pipeline
    let last: any MultiClassifier
    let name: String

    var lastForm: InputForm { last.inputForm }
    var targetClasses: [ClassLabels] { last.targetClasses }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        try run(input) { (features) throws(ModelImportError) in try last.classifyTargets(features) }
    }
}

private struct PipelineRegressor: Regressor, LastStep {
    let pipeline: Pipeline
    let last: any Regressor
    let name: String

    var lastForm: InputForm { last.inputForm }
    var predictsMatrix: Bool { last.predictsMatrix }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try run(input) { (features) throws(ModelImportError) in try last.predict(features) }
    }

    func standardDeviation(_ input: Table) throws(ModelImportError) -> Matrix? {
        try run(input) { (features) throws(ModelImportError) in try last.standardDeviation(features) }
    }
}

private struct PipelineLabeller: Labeller, LastStep {
    let pipeline: Pipeline
    let last: any Labeller
    let name: String

    var lastForm: InputForm { last.inputForm }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        try run(input) { (features) throws(ModelImportError) in try last.label(features) }
    }
}
