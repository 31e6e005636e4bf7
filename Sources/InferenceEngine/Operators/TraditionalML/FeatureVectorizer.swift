import Diagnostics
import OnnxIR
import Tensors

/// The columns of all inputs beside one another, as `float`.
struct FeatureVectorizer: Operator {
    let widths: [Int]?

    static let definition = OperatorDefinition("FeatureVectorizer", domain: .onnxML, since: 1) {
        node throws(EngineError) in
        FeatureVectorizer(widths: try node.ints("inputdimensions"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.float, [inputs.sampleExtent, widths.map { .fixed(max(0, $0.reduce(0, &+))) } ?? .unknown])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var columns: [Tensor] = []
        for (index, input) in try call.tensors().enumerated() {
            let samples = input.shape.rank == 0 ? 1 : input.shape.rank == 1 ? 1 : input.shape[0]
            let width = samples == 0 ? 0 : input.shape.elementCount / samples
            if let widths, index < widths.count, widths[index] != width {
                throw EngineError(.shape, "input \(index) has \(width) features, expected \(widths[index])")
            }
            columns.append(try call.cast(input, to: .float).with(shape: call.shape([samples, width])))
        }
        return [.tensor(try call.concatenated(columns, axis: 1))]
    }
}
