import OnnxIR
import Tensors

/// Elements of one quantised tensor where the condition holds, of another elsewhere, brought to the output's scale.
struct QLinearWhere: QuantizedOperator {
    static let typedInput = 1

    static let definition = OperatorDefinition("QLinearWhere", domain: .microsoft, since: 1) { _ throws(EngineError) in
        QLinearWhere()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let condition = inputs.shape(0), let first = inputs.shape(1), let second = inputs.shape(4) else {
            return [.tensor(inputs.elementType(1))]
        }
        return [.tensor(inputs.elementType(1), condition.broadcast(with: first).broadcast(with: second))]
    }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let target = try call.quantization(type, scale: 7, zero: 8)
        let first = try call.requantized(
            call.tensor(1),
            from: call.quantization(type, scale: 2, zero: 3),
            to: target
        )
        let second = try call.requantized(
            call.tensor(4),
            from: call.quantization(type, scale: 5, zero: 6),
            to: target
        )
        return try call.selected(call.tensor(0), first, second)
    }
}
