import Diagnostics
import OnnxIR

/// The steps of a plan, for people.
package struct PlanDescription: Sendable {
    /// One step: a kernel, or an operator that the interpreter runs.
    package struct Step: Sendable {
        /// The kernel with its sizes and what is fused into it, or the operator.
        package let label: String
        /// The node that it comes from.
        package let place: String
        /// Whether a kernel does it.
        package let isKernel: Bool
        /// Multiplications and additions of floats; 0 where they are not counted.
        package let floatingPointOperationCount: Int
        /// Bytes of the operands.
        package let byteCount: Int
    }

    package let steps: [Step]
    /// Bytes of the memory between kernels.
    package let arenaByteCount: Int

    init(_ plan: Plan) {
        arenaByteCount = plan.arenaByteCount
        steps = plan.steps.flatMap { step -> [Step] in
            guard let segment = step.node.operation as? CompiledSegment else {
                return [
                    Step(
                        label: step.node.definition.name,
                        place: step.node.place.description,
                        isKernel: false,
                        floatingPointOperationCount: 0,
                        byteCount: 0
                    )
                ]
            }
            return segment.steps.map {
                Step(
                    label: $0.kernel.label,
                    place: $0.place.description,
                    isKernel: true,
                    floatingPointOperationCount: $0.kernel.floatingPointOperationCount,
                    byteCount: $0.byteCount
                )
            }
        }
    }
}

extension InferenceSession {
    /// The plan for inputs of these shapes; dimensions that the model leaves open are 1 unless a shape says otherwise.
    ///
    /// *Throws*: `input` for a shape that the model does not take, or an input that is no tensor.
    package func planDescription(shapes: [String: [Int]]) throws(EngineError) -> PlanDescription {
        for name in shapes.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
            let known = inputs.map { "`\($0.name)`" }.joined(separator: ", ")
            throw EngineError(.input, "the model has no input `\(name)`, expected \(known)")
        }
        var types: [ValueType] = []
        for input in inputs {
            guard case .tensor(let elementType?, let declared) = input.type else {
                throw EngineError(.input, "input `\(input.name)` is no tensor of a known type")
            }
            let given = shapes[input.name]
            guard let extents = given ?? declared?.map({ $0.extent ?? 1 }) else {
                throw EngineError(.input, "input `\(input.name)` has no shape in the model, expected one from outside")
            }
            if let declared {
                let fits =
                    declared.count == extents.count && zip(declared, extents).allSatisfy { $0.extent ?? $1 == $1 }
                guard fits, extents.allSatisfy({ $0 >= 0 }) else {
                    let expected = "[" + declared.map(\.description).joined(separator: ", ") + "]"
                    throw EngineError(.input, "the shape of input `\(input.name)` is \(extents), expected \(expected)")
                }
            }
            types.append(.tensor(elementType, shape: extents.map { .fixed($0) }))
        }
        return PlanDescription(try plan(for: inputs.map(\.name), types, outputs: outputs.map(\.name)))
    }
}
