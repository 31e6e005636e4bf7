import Diagnostics
package import OnnxBuilder
import OnnxIR
import Tensors

extension GraphBuilder {
    /// Adds the outputs of an estimator: `label` and `probabilities`, or `prediction`; those that the options choose.
    ///
    /// *Throws*: `unsupported` for outputs that the estimator does not have.
    package mutating func addOutputs(
        _ prediction: TabularPrediction,
        target: TabularTarget,
        options: ImportOptions
    ) throws(ModelImportError) {
        let outputs = try outputs(of: target, hasDecision: prediction.decision != nil, options)
        let type: ElementType = options.usesDoublePrecision ? .double : .float
        let values = prediction.elementType == type ? prediction.values : cast(prediction.values, to: type)
        switch target {
        case .classes(let labels):
            if outputs.contains(.predict) {
                let label = try self.labels(at: prediction.indices, of: labels)
                output(label, name: "label", .tensor(labels.elementType, ["batch"]))
            }
            if let decision = prediction.decision, outputs.contains(.decisionFunction) {
                let scores = prediction.elementType == type ? decision : cast(decision, to: type)
                try addDecision(scores, type, classCount: labels.count)
            }
            guard outputs.contains(.predictProba) else { return }
            guard options.usesZipMap else {
                return output(values, name: "probabilities", .tensor(type, ["batch", .fixed(labels.count)]))
            }
            let floats = type == .float ? values : cast(values, to: .float)
            let (maps, mapType) = try zipMap(floats, classes: labels)
            output(maps, name: "probabilities", mapType)
        case .labels(let count):
            if outputs.contains(.predict) {
                output(prediction.indices, name: "label", .tensor(.int64, ["batch", .fixed(count)]))
            }
            guard outputs.contains(.predictProba) else { return }
            output(values, name: "probabilities", .tensor(type, ["batch", .fixed(count)]))
        case .number:
            let vector = node("Reshape", [values, try constant([-1 as Int64], name: "shape")])
            output(vector, name: "prediction", .tensor(type, ["batch"]))
        case .numbers(let count):
            output(values, name: "prediction", .tensor(type, ["batch", .fixed(count)]))
        }
    }

    private mutating func addDecision(
        _ scores: String,
        _ type: ElementType,
        classCount: Int
    ) throws(ModelImportError) {
        guard classCount == 2 else {
            return output(scores, name: "decision", .tensor(type, ["batch", .fixed(classCount)]))
        }
        let vector = node("Reshape", [scores, try constant([-1 as Int64], name: "shape")])
        output(vector, name: "decision", .tensor(type, ["batch"]))
    }

    private func outputs(
        of target: TabularTarget,
        hasDecision: Bool,
        _ options: ImportOptions
    ) throws(ModelImportError) -> [ModelOutput] {
        let usual: [ModelOutput] =
            switch target {
            case .classes, .labels: [.predict, .predictProba]
            case .number, .numbers: [.predict]
            }
        let available = hasDecision ? usual + [.decisionFunction] : usual
        for output in options.outputs ?? [] where !available.contains(output) {
            let names = available.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw ModelImportError(
                .unsupported,
                "the estimator has no `\(output.rawValue)`, expected \(names)"
            )
        }
        return options.outputs ?? usual
    }
}
