import Diagnostics
import OnnxIR
import Tensors

/// One linear function of the features for each target.
///
/// *Shapes*: `[samples, features] → [samples, targets]`.
struct LinearRegressor: Operator {
    let coefficients: [Float]
    let intercepts: [Float]
    let targetCount: Int
    let transform: ScoreTransform

    static let definition = OperatorDefinition("LinearRegressor", domain: .onnxML, since: 1) {
        node throws(EngineError) in
        let coefficients = try node.floats("coefficients")
        return LinearRegressor(
            coefficients: try node.required("coefficients", coefficients),
            intercepts: try node.floats("intercepts") ?? [],
            targetCount: try node.int("targets", default: 1),
            transform: try node.choice("post_transform", default: .none)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.float, [inputs.sampleExtent, .fixed(max(0, targetCount))])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let samples = try Samples(call.tensor(0), call)
        guard try coefficients.rowCount(featureCount: samples.featureCount) == targetCount else {
            throw EngineError(
                .attribute,
                "`coefficients` has \(coefficients.count) elements, expected \(targetCount) rows of \(samples.featureCount)"
            )
        }
        var rows: [[Double]] = []
        try samples.checkScores(columns: targetCount, call)
        for sample in 0..<samples.count {
            var scores = try coefficients.products(samples[sample], rowCount: targetCount, intercepts: intercepts)
            transform.apply(&scores)
            rows.append(scores)
        }
        return [.tensor(try call.matrix(rows, columns: targetCount))]
    }
}
