import OnnxIR
import Tensors

/// A layer of simple recurrent cells.
struct RNN: Operator {
    let layer: RecurrentLayer

    static let definition = OperatorDefinition("RNN", since: 1, 7, 14, 22, halves: .widened) {
        node throws(EngineError) in
        RNN(layer: try RecurrentLayer(node, gateCount: 1, activations: ["Tanh"]))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { layer.infer(inputs, stateCount: 1) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        try layer.run(call, stateInputs: [5]) { operands, input, states in
            let activation = layer.activations[operands.way]
            let h = states[0]
            states[0] = (0..<operands.hidden).map { unit in
                let sum =
                    operands.fromInput(input, gate: 0, unit: unit) + operands.fromState(h, gate: 0, unit: unit)
                return activation(layer.clipped(sum))
            }
        }
    }
}
