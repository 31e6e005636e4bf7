import Diagnostics
import OnnxIR
import Tensors

/// The tensors of a sequence one behind the other, along an axis of theirs or along a new one.
struct ConcatFromSequence: Operator {
    let axis: Int
    let makesAxis: Bool

    static let definition = OperatorDefinition("ConcatFromSequence", since: 11) { node throws(EngineError) in
        ConcatFromSequence(
            axis: try node.required("axis", node.int("axis")),
            makesAxis: try node.bool("new_axis", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard case .sequence(.tensor(let elementType, let shape)) = inputs[0].type else { return [.unknown] }
        guard var shape, let axis = normalizedAxis(axis, rank: shape.count + (makesAxis ? 1 : 0)) else {
            return [.tensor(elementType)]
        }
        if makesAxis { shape.insert(.unknown, at: axis) } else { shape[axis] = .unknown }
        return [.tensor(elementType, shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let tensors = try call.sequence(0).values.compactMap(\.tensor)
        guard !tensors.isEmpty else { throw EngineError(.value, "the sequence is empty, expected at least one tensor") }
        if makesAxis { return [.tensor(try call.stacked(tensors, axis: axis, .unknown))] }
        return [.tensor(try call.concatenated(tensors, axis: axis))]
    }
}
