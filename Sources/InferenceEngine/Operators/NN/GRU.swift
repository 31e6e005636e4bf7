import OnnxIR
import Tensors

/// A layer of gated recurrent units; gates in the order update, reset, hidden.
struct GRU: Operator {
    let layer: RecurrentLayer
    /// Whether the reset gate is applied behind the product with the state, and not before it.
    let resetsProduct: Bool

    static let definition = OperatorDefinition("GRU", since: 1, 3, 7, 14, 22, halves: .widened) {
        node throws(EngineError) in
        GRU(
            layer: try RecurrentLayer(node, gateCount: 3, activations: ["Sigmoid", "Tanh"]),
            resetsProduct: try node.bool("linear_before_reset", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { layer.infer(inputs, stateCount: 1) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        try layer.run(call, stateInputs: [5]) { operands, input, states in
            let (gate, candidate) = (layer.activations[2 * operands.way], layer.activations[2 * operands.way + 1])
            let h = states[0]
            let units = 0..<operands.hidden
            let sum = { (number: Int, unit: Int) in
                operands.fromInput(input, gate: number, unit: unit) + operands.fromState(h, gate: number, unit: unit)
            }
            let update = units.map { gate(layer.clipped(sum(0, $0))) }
            let reset = units.map { gate(layer.clipped(sum(1, $0))) }
            let damped = zip(reset, h).map { $0 * $1 }
            states[0] = units.map { unit in
                let recurrent =
                    resetsProduct
                    ? reset[unit] * operands.fromState(h, gate: 2, unit: unit)
                    : operands.fromState(damped, gate: 2, unit: unit)
                let new = candidate(layer.clipped(operands.fromInput(input, gate: 2, unit: unit) + recurrent))
                return (1 - update[unit]) * new + update[unit] * h[unit]
            }
        }
    }
}
