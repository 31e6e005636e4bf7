import Diagnostics
import OnnxIR
import Tensors

/// Quantised tensors one behind the other along an axis, each brought to the scale of the output.
///
/// Behind the scale and the zero point of the output, the inputs come in threes: numbers, scale, zero point.
struct QLinearConcat: QuantizedOperator {
    let axis: Int

    static let typedInput = 1

    static let definition = OperatorDefinition("QLinearConcat", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        QLinearConcat(axis: try node.required("axis", node.int("axis")))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let tensors = stride(from: 2, to: inputs.count, by: 3).map { inputs[$0] }
        let shape = Concat(axis: axis).infer(InputFacts(facts: tensors)).first?.shape
        return [.tensor(inputs.elementType(1), shape)]
    }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor {
        guard call.inputs.count > 2, (call.inputs.count - 2) % 3 == 0 else {
            throw EngineError(.input, "there are \(call.inputs.count) inputs, expected 2 and three for each tensor")
        }
        for index in call.inputs.indices.dropFirst(2) {
            let (given, expected) = (try call.tensor(index).elementType, index % 3 == 0 ? .float : type.elementType)
            guard given == expected else {
                throw EngineError(.input, "input \(index) has type `\(given.name)`, expected `\(expected.name)`")
            }
        }
        let target = try call.quantization(type, scale: 0, zero: 1)
        var tensors: [Tensor] = []
        for index in stride(from: 2, to: call.inputs.count, by: 3) {
            let source = try call.quantization(type, scale: index + 1, zero: index + 2)
            tensors.append(try call.requantized(call.tensor(index), from: source, to: target))
        }
        return try call.concatenated(tensors, axis: axis)
    }
}
