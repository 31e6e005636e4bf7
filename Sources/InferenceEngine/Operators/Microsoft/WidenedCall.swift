import OnnxIR
import Tensors

extension OperatorCall {
    /// What `body` makes of the inputs as `float`, with the element type of the first input.
    ///
    /// For operators some of whose outputs share a type variable with none of the inputs that a node has.
    func widened(
        _ body: (OperatorCall) throws(EngineError) -> [Value]
    ) throws(EngineError) -> [Value] {
        let type = try tensor(0).elementType
        var inputs = inputs
        _ = try Halves.widen(&inputs)
        let call = OperatorCall(inputs: inputs, captures: captures, outputCount: outputCount, state: state)
        var results: [Value] = []
        for value in try body(call) {
            guard case .tensor(let tensor) = value else { continue }
            results.append(.tensor(try cast(tensor, to: type)))
        }
        // The body has pointers into the inputs.
        withExtendedLifetime(call) {}
        return results
    }
}
