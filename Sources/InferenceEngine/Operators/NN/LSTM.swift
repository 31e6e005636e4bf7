import OnnxIR
import Tensors

/// A layer of long short-term memory cells; gates in the order input, output, forget, cell.
struct LSTM: Operator {
    let layer: RecurrentLayer
    let couplesForget: Bool

    static let definition = OperatorDefinition("LSTM", since: 1, 7, 14, 22, halves: .widened) {
        node throws(EngineError) in
        LSTM(
            layer: try RecurrentLayer(node, gateCount: 4, activations: ["Sigmoid", "Tanh", "Tanh"]),
            couplesForget: try node.bool("input_forget", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { layer.infer(inputs, stateCount: 2) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        try layer.run(call, stateInputs: [5, 6]) { operands, input, states in
            let activations = Array(layer.activations[(3 * operands.way)..<(3 * operands.way + 3)])
            let (h, c) = (states[0], states[1])
            for unit in 0..<operands.hidden {
                let sum = { (gate: Int) in
                    operands.fromInput(input, gate: gate, unit: unit) + operands.fromState(h, gate: gate, unit: unit)
                }
                let open = activations[0](layer.clipped(sum(0) + operands.peephole(0, unit: unit) * c[unit]))
                let forget = activations[0](layer.clipped(sum(2) + operands.peephole(2, unit: unit) * c[unit]))
                let new = activations[1](layer.clipped(sum(3)))
                let cell = (couplesForget ? 1 - open : forget) * c[unit] + open * new
                let output = activations[0](layer.clipped(sum(1) + operands.peephole(1, unit: unit) * cell))
                states[1][unit] = cell
                states[0][unit] = output * activations[2](cell)
            }
        }
    }
}
