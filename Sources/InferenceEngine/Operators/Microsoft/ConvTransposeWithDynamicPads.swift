import Diagnostics
import OnnxIR
import Tensors

/// `ConvTranspose` with its pads as an input.
struct ConvTransposeWithDynamicPads: Operator {
    let convolution: ConvTranspose

    static let definition = OperatorDefinition(
        "ConvTransposeWithDynamicPads",
        domain: .microsoft,
        since: 1,
        halves: .widened
    ) { node throws(EngineError) in
        ConvTransposeWithDynamicPads(convolution: try ConvTranspose(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let pads = inputs[2].integers, let attributes = try? convolution.attributes.with(pads: pads) else {
            return [.tensor(inputs.elementType(), inputs.shape().map { $0.prefix(1) + $0.dropFirst().map { _ in .unknown } })]
        }
        var padded = convolution
        padded.attributes = attributes
        return padded.infer(inputs)
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var padded = convolution
        padded.attributes = try convolution.attributes.with(pads: call.tensor(2).integers("the pads"))
        return [.tensor(try padded.result(of: [call.tensor(0), call.tensor(1), call.optionalTensor(3)], call))]
    }
}
