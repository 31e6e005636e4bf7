import Diagnostics
import OnnxIR
import Tensors

/// A convolution, plus a tensor of the shape of its result, with an activation.
struct FusedConv: Operator {
    let convolution: Conv
    let activation: FusedActivation?

    static let definition = OperatorDefinition("FusedConv", domain: .microsoft, since: 1, halves: .widened) {
        node throws(EngineError) in
        FusedConv(convolution: try Conv(node), activation: try FusedActivation(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { convolution.infer(inputs) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var result = try convolution.result(of: [call.tensor(0), call.tensor(1), call.optionalTensor(2)], call)
        if let addend = try call.optionalTensor(3) {
            guard addend.shape == result.shape else {
                throw EngineError(.shape, "`Z` has shape \(addend.shape), expected \(result.shape) as the result")
            }
            result = try Add.compute(result, addend, call)
        }
        return [.tensor(try activation?.applied(to: result, call) ?? result)]
    }
}
