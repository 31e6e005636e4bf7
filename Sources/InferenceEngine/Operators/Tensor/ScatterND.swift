import Diagnostics
import OnnxIR
import Tensors

/// A copy of the input in which the slices named by coordinates are replaced by, or joined with, the updates.
struct ScatterND: Operator {
    let reduction: ScatterReduction

    static let definition = OperatorDefinition("ScatterND", since: 11, 13, 16, 18, halves: .widened) {
        node throws(EngineError) in
        ScatterND(reduction: try node.choice("reduction", default: .none))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, indices, updates) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        let depth = indices.shape.dimensions.last ?? 0
        guard indices.shape.rank > 0, depth <= input.shape.rank else {
            throw EngineError(.shape, "indices have shape \(indices.shape), which does not fit \(input.shape)")
        }
        let expected = indices.shape.dimensions.dropLast() + input.shape.dimensions[depth...]
        guard updates.shape.dimensions == Array(expected) else {
            throw EngineError(.shape, "updates have shape \(updates.shape), expected \(Array(expected))")
        }
        let offsets = try call.coordinateOffsets(indices, in: input.shape, depth: depth)
        let length = input.shape.dimensions[depth...].reduce(1, *)
        return [.tensor(try reduction.scatter(updates, into: input, at: offsets, length: length, call))]
    }
}
