import Diagnostics
import OnnxIR
import Tensors

/// The axes from `axis` on brought to mean 0 and variance 1, then scaled and shifted.
///
/// Version 1 is ONNX Runtime's, which came before the standard's: its output has the type of the scale.
struct LayerNormalization: Operator {
    let axis: Int
    let epsilon: Float
    /// The type of the mean and of the inverse deviation.
    let stashType: ElementType
    /// The input that has the type of the output.
    let typeInput: Int

    static let definition = OperatorDefinition("LayerNormalization", since: 1, 17, halves: .widened) {
        node throws(EngineError) in
        let stashType = try node.elementType("stash_type") ?? .float
        guard [.float, .double, .float16, .bfloat16].contains(stashType) else {
            throw .attribute("stash_type", "`\(stashType.name)`", expected: "a floating-point type of 16 bits or more")
        }
        return LayerNormalization(
            axis: try node.int("axis", default: -1),
            epsilon: try node.float("epsilon", default: 1e-5),
            stashType: stashType,
            typeInput: node.version == 1 ? 1 : 0
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        var reduced = inputs.shape()
        if let shape = reduced, let axis = normalizedAxis(axis, rank: shape.count) {
            reduced = shape.enumerated().map { $0.offset < axis ? $0.element : .fixed(1) }
        } else {
            reduced = nil
        }
        return [
            inputs.like(elementType: inputs.elementType(typeInput)), .tensor(stashType, reduced),
            .tensor(stashType, reduced),
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return try compute(Float.self, input, call)
        case .double: return try compute(Double.self, input, call)
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> [Value] {
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let length = input.shape.dimensions[axis...].reduce(1, *)
        let normal = try call.standardized(type, input, rowLength: length, epsilon: Double(epsilon))
        let typed = try call.cast(normal.result, to: call.tensor(typeInput).elementType)
        let result = try call.scaled(typed, by: call.tensor(1), plus: call.optionalTensor(2))
        guard result.shape == input.shape else {
            throw EngineError(.shape, "the scale and shift do not broadcast to \(input.shape)")
        }
        let ones = [Int](repeating: 1, count: input.shape.rank - axis)
        let shape = try call.shape(input.shape.dimensions[..<axis] + ones)
        guard shape.elementCount == normal.means.count else { return [.tensor(result)] }
        return [
            .tensor(result),
            .tensor(try call.cast(.of(normal.means, shape), to: stashType)),
            .tensor(try call.cast(.of(normal.inverses, shape), to: stashType)),
        ]
    }
}
