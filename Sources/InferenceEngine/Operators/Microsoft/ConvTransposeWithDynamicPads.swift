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
        if let pads = inputs[2].integers, let padded = try? padded(pads) { return padded.infer(inputs) }
        guard let shape = inputs.shape(), shape.count >= 3 else { return [.tensor(inputs.elementType())] }
        return [.tensor(inputs.elementType(), [shape[0]] + shape.dropFirst().map { _ in .unknown })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let padded = try padded(call.tensor(2).integers("the pads"))
        return [.tensor(try padded.result(of: [call.tensor(0), call.tensor(1), call.optionalTensor(3)], call))]
    }

    private func padded(_ pads: [Int]) throws(EngineError) -> ConvTranspose {
        var padded = convolution
        padded.attributes = try convolution.attributes.with(pads: pads)
        return padded
    }
}
