import Diagnostics
import OnnxIR
import Tensors

/// A convolution of each channel with its own filter over what came before, kept in a state, and the input.
///
/// *Shapes*: `[n, c, length] × [c, 1, k] → [n, c, length]`; the state is `[n, c, k - 1]`.
struct CausalConvWithState: Operator {
    private enum Activation: String, CaseIterable, Sendable {
        case none
        case silu
        case swish
    }

    private let activation: Activation

    static let definition = OperatorDefinition("CausalConvWithState", since: 27, halves: .widened) {
        node throws(EngineError) in
        CausalConvWithState(activation: try node.choice("activation", default: .none))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        var state = inputs.shape()
        let kernel = inputs.shape(1)
        if state?.count == 3 { state?[2] = kernel?.count == 3 ? kernel?[2].map { $0 - 1 } ?? .unknown : .unknown }
        return [inputs.like(), .tensor(inputs.elementType(), state)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, weights) = (try call.tensor(0), try call.tensor(1))
        guard input.shape.rank == 3, weights.shape.rank == 3, weights.shape[2] > 0,
            Array(weights.shape.dimensions[..<2]) == [input.shape[1], 1]
        else {
            throw EngineError(
                .shape,
                "input \(input.shape) and filters \(weights.shape) do not fit, expected [n, c, length] and [c, 1, k]"
            )
        }
        let (batch, channels, length) = (input.shape[0], input.shape[1], input.shape[2])
        let width = weights.shape[2]
        let stateShape = try call.shape([batch, channels, width - 1])
        let past =
            call.hasInput(3)
            ? try call.tensor(3) : try call.tensor(of: Float.self, stateShape, zeroed: true) { _ in }
        guard past.shape == stateShape else {
            throw EngineError(.shape, "the past state has shape \(past.shape), expected \(stateShape)")
        }
        let bias = try call.optionalTensor(2)
        guard bias.map({ $0.shape.dimensions == [channels] }) ?? true else {
            throw EngineError(.shape, "the bias has another shape than [\(channels)]")
        }
        let signal = try call.concatenated([past, input], axis: 2)
        let (source, factors) = (try signal.pointer(Float.self), try weights.pointer(Float.self))
        let offset = try bias?.pointer(Float.self)
        let swish = activation == .none ? nil : Swish(alpha: 1)
        let result = try call.tensor(of: Float.self, input.shape) { target in
            for plane in 0..<(batch * channels) {
                let channel = plane % channels
                let x = source + plane * (length + width - 1)
                let filter = factors + channel * width
                for place in 0..<length {
                    var sum = offset?[channel] ?? 0
                    for tap in 0..<width { sum += filter[tap] * x[place + tap] }
                    target[plane * length + place] = swish?.apply(sum) ?? sum
                }
            }
        }
        let state = try call.part(signal, length..<(length + width - 1), axis: 2)
        return [.tensor(result), .tensor(state)]
    }
}
