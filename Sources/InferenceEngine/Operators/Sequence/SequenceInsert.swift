import Diagnostics
import OnnxIR
import Tensors

/// A sequence with a tensor put in: at the end, unless a position is given.
struct SequenceInsert: Operator {
    static let definition = OperatorDefinition("SequenceInsert", since: 11) { _ throws(EngineError) in SequenceInsert()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard case .sequence(let element) = inputs[0].type else { return [.unknown] }
        if case .sequence(let values, _) = inputs[0].constant, values.isEmpty {
            return [Facts(type: .sequence(inputs[1].type ?? element))]
        }
        return [Facts(type: .sequence(element?.joined(with: inputs[1].type)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var (values, type) = try call.sequence(0)
        let value = try call.value(1)
        var place = values.count
        if let index = try call.integers(2)?.first {
            let count = values.count
            guard index >= -count, index <= count else {
                throw EngineError(.index, "position \(index) is out of range, expected \(-count) to \(count)")
            }
            place = index < 0 ? index + count : index
        }
        values.insert(value, at: place)
        return [.sequence(values, of: type)]
    }
}
