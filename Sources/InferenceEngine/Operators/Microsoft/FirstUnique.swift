import Diagnostics
import OnnxIR
import Tensors

/// The elements of a vector that differ, in the order in which they first stand, with where each one went and counts.
struct FirstUnique: Operator {
    static let definition = OperatorDefinition("Unique", domain: .microsoft, since: 1) { _ throws(EngineError) in
        FirstUnique()
    }

    private let all = Unique(axis: nil, isSorted: false, symbol: "unk")

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), [.unknown]), .tensor(.int64, inputs.shape()), .tensor(.int64, [.unknown])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let shape = try call.tensor(0).shape
        guard shape.rank == 1 else { throw EngineError(.shape, "input has shape \(shape), expected a vector") }
        let outputs = try all.run(call)
        return [outputs[0], outputs[2], outputs[3]]
    }
}
