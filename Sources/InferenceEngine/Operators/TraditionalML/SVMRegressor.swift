import Diagnostics
import OnnxIR
import Tensors

/// A number for each sample from how it compares with support vectors, or from a linear function without them.
///
/// *Shapes*: `[samples, features] → [samples, 1]`. A one-class machine says 1 for samples within, -1 for those outside.
struct SVMRegressor: Operator {
    /// `nil` for a linear function.
    private let vectors: SupportVectors?
    private let coefficients: [Float]
    private let intercept: Double
    private let isOneClass: Bool
    private let transform: ScoreTransform

    static let definition = OperatorDefinition("SVMRegressor", domain: .onnxML, since: 1) { node throws(EngineError) in
        let count = try node.int("n_supports", default: 0)
        let vectors = count == 0 ? nil : try SupportVectors(node, count: count)
        let coefficients = try node.required("coefficients", node.floats("coefficients"))
        guard !coefficients.isEmpty, vectors == nil || coefficients.count == count else {
            throw EngineError(
                .attribute,
                "`coefficients` has \(coefficients.count) elements, expected \(vectors == nil ? "some" : "\(count)")"
            )
        }
        guard let intercept = try node.floats("rho")?.first else {
            throw EngineError(.attribute, "`rho` has 0 elements, expected 1")
        }
        return SVMRegressor(
            vectors: vectors,
            coefficients: coefficients,
            intercept: Double(intercept),
            isOneClass: try node.bool("one_class", default: false),
            transform: try node.choice("post_transform", default: .none)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(.float, [inputs.sampleExtent, .fixed(1)])] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let samples = try Samples(call.tensor(0), call)
        try samples.checkFeatures(vectors?.featureCount ?? coefficients.count)
        let rows = (0..<samples.count).map { sample in
            let features = vectors.map { $0.apply(samples[sample])[...] } ?? samples[sample]
            let score = SVMKernel.product(features, coefficients[...]) + intercept
            var scores = [isOneClass ? (score > 0 ? 1 : -1) : score]
            transform.apply(&scores)
            return scores
        }
        return [.tensor(try call.matrix(rows, columns: 1))]
    }
}
