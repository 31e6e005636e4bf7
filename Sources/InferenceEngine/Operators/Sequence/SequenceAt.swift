import Diagnostics
import OnnxIR
import Tensors

/// An element of a sequence, counted from the end when negative.
struct SequenceAt: Operator {
    static let definition = OperatorDefinition("SequenceAt", since: 11) { _ throws(EngineError) in SequenceAt() }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard case .sequence(let type) = inputs[0].type else { return [.unknown] }
        return [Facts(type: type)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let values = try call.sequence(0).values
        return [values[try call.position(1, count: values.count)]]
    }
}

extension OperatorCall {
    /// A place in a sequence, from an input.
    ///
    /// *Throws*: `index` when it is out of range.
    func position(_ input: Int, count: Int) throws(EngineError) -> Int {
        guard let index = try tensor(input).integers("the position").first else {
            throw EngineError(.shape, "the position is empty, expected a scalar")
        }
        guard let place = normalizedAxis(index, rank: count) else {
            throw EngineError(.index, "position \(index) is out of range, expected \(-count) to \(count - 1)")
        }
        return place
    }
}
