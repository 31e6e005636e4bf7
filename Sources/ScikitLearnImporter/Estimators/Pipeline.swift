import Diagnostics
import ModelImport
import OnnxBuilder

/// Transformers one after the other, and an estimator of any role at the end.
///
/// *Source*: scikit-learn 0.24 to 1.9, `steps`; `None` and `"passthrough"` leave the features as they are.
struct Pipeline {
    let transformers: [(name: String, transformer: any Transformer)]
    let last: (name: String, role: Role)?

    static let entry = EstimatorEntry("sklearn.pipeline.Pipeline") { object throws(ModelImportError) in
        let pipeline = try Pipeline(object)
        return switch pipeline.last?.role {
        case .classifier(let last): .classifier(PipelineClassifier(pipeline: pipeline, last: last))
        case .regressor(let last): .regressor(PipelineRegressor(pipeline: pipeline, last: last))
        case .transformer, nil: .transformer(pipeline)
        }
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        guard let steps = try object.steps() else {
            throw ModelImportError(.malformed, "`steps` is missing, expected a list")
        }
        var transformers: [(name: String, transformer: any Transformer)] = []
        var last: (name: String, role: Role)?
        for (index, step) in steps.enumerated() {
            guard let object = step.object else { continue }
            let place = Place.item("step", step.name, object.className)
            let role = try locating(place) { () throws(ModelImportError) in try object.fitted().role }
            if case .transformer(let transformer) = role {
                transformers.append((step.name, transformer))
            } else if index == steps.count - 1 {
                last = (step.name, role)
            } else {
                throw ModelImportError(
                    .malformed,
                    at: place,
                    "the estimator transforms nothing, expected a transformer"
                )
            }
        }
        self.transformers = transformers
        self.last = last
    }
}

extension Pipeline: Transformer {
    func transform(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        var matrix = matrix
        for (name, transformer) in transformers {
            matrix = try builder.scoped(name) { builder throws(ModelImportError) in
                try transformer.transform(matrix, &builder)
            }
        }
        return matrix
    }
}

private struct PipelineClassifier: Classifier {
    let pipeline: Pipeline
    let last: any Classifier

    var classes: ClassLabels { last.classes }

    func classify(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Classification {
        let features = try pipeline.transform(matrix, &builder)
        return try builder.scoped(pipeline.last?.name ?? "") { builder throws(ModelImportError) in
            try last.classify(features, &builder)
        }
    }
}

private struct PipelineRegressor: Regressor {
    let pipeline: Pipeline
    let last: any Regressor

    var predictsMatrix: Bool { last.predictsMatrix }

    func predict(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        let features = try pipeline.transform(matrix, &builder)
        return try builder.scoped(pipeline.last?.name ?? "") { builder throws(ModelImportError) in
            try last.predict(features, &builder)
        }
    }
}
