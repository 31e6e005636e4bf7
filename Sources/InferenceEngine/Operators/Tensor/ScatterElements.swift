import Diagnostics
import OnnxIR
import Tensors

/// A copy of the input in which the elements named by the indices are replaced by, or joined with, the updates.
struct ScatterElements: Operator {
    let axis: Int
    let reduction: ScatterReduction

    static let definition = define("ScatterElements", 11, 13, 16, 18)
    /// The operator's first name.
    static let scatter = define("Scatter", 9, 11)

    private static func define(_ name: String, _ versions: Int...) -> OperatorDefinition {
        OperatorDefinition(name, since: versions, halves: .widened) { node throws(EngineError) in
            ScatterElements(
                axis: try node.int("axis", default: 0),
                reduction: try node.choice("reduction", default: .none)
            )
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, indices, updates) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        guard updates.shape == indices.shape else {
            throw EngineError(.shape, "updates have shape \(updates.shape), expected \(indices.shape) as the indices")
        }
        let offsets = try call.elementOffsets(input.shape, indices, axis: axis)
        return [.tensor(try reduction.scatter(updates, into: input, at: offsets, length: 1, call))]
    }
}
