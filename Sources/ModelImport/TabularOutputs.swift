import Diagnostics
package import OnnxBuilder
import OnnxIR
import Tensors

extension GraphBuilder {
    /// Adds the outputs of an estimator: `label` and `probabilities`, or `prediction`; those that the options choose.
    ///
    /// *Returns*: what the options may choose among.
    /// *Throws*: `unsupported` for outputs that the estimator does not have.
    package mutating func addOutputs(
        _ prediction: TabularPrediction,
        target: TabularTarget,
        options: ImportOptions
    ) throws(ModelImportError) -> [ModelOutput] {
        let usual = target.usualOutputs
        let available = prediction.decision == nil ? usual : usual + [.decisionFunction]
        try options.refuseOutputs(otherThan: available)
        let outputs = options.outputs ?? usual
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
            guard outputs.contains(.predictProba) else { break }
            guard options.usesZipMap else {
                output(values, name: "probabilities", .tensor(type, ["batch", .fixed(labels.count)]))
                break
            }
            let floats = type == .float ? values : cast(values, to: .float)
            let (maps, mapType) = try zipMap(floats, classes: labels)
            output(maps, name: "probabilities", mapType)
        case .labels(let count):
            if outputs.contains(.predict) {
                output(prediction.indices, name: "label", .tensor(.int64, ["batch", .fixed(count)]))
            }
            guard outputs.contains(.predictProba) else { break }
            output(values, name: "probabilities", .tensor(type, ["batch", .fixed(count)]))
        case .number:
            let vector = node("Reshape", [values, try constant([-1 as Int64], name: "shape")])
            output(vector, name: "prediction", .tensor(type, ["batch"]))
        case .numbers(let count):
            output(values, name: "prediction", .tensor(type, ["batch", .fixed(count)]))
        }
        return available
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
}

extension TabularTarget {
    fileprivate var usualOutputs: [ModelOutput] {
        switch self {
        case .classes, .labels: [.predict, .predictProba]
        case .number, .numbers: [.predict]
        }
    }
}
