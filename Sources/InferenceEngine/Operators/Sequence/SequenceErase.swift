import Diagnostics
import OnnxIR
import Tensors

/// A sequence without one element: the last, unless a position is given.
struct SequenceErase: Operator {
    static let definition = OperatorDefinition("SequenceErase", since: 11) { _ throws(EngineError) in SequenceErase() }

    func infer(_ inputs: InputFacts) -> [Facts] { [Facts(type: inputs[0].type)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var (values, type) = try call.sequence(0)
        guard !values.isEmpty else {
            throw EngineError(.index, "the sequence is empty, expected an element to take away")
        }
        values.remove(at: call.hasInput(1) ? try call.position(1, count: values.count) : values.count - 1)
        return [.sequence(values, of: type)]
    }
}
