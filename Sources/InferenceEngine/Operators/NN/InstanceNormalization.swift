import Diagnostics
import OnnxIR
import Tensors

/// Each channel of each sample, or each group of channels, brought to mean 0 and variance 1, then scaled and shifted.
struct InstanceNormalization: Operator {
    let epsilon: Float
    /// Groups of channels; `nil` when each is by itself.
    let groupCount: Int?
    /// Whether the scale and shift have a number for each group, as in the first version of `GroupNormalization`.
    let scalesGroups: Bool

    static let definition = OperatorDefinition("InstanceNormalization", since: 1, 6, 22, halves: .widened) {
        node throws(EngineError) in
        InstanceNormalization(
            epsilon: try node.float("epsilon", default: 1e-5),
            groupCount: nil,
            scalesGroups: false
        )
    }

    static let group = OperatorDefinition("GroupNormalization", since: 18, 21, halves: .widened) {
        node throws(EngineError) in
        _ = try node.required("num_groups", node.int("num_groups"))
        return InstanceNormalization(
            epsilon: try node.float("epsilon", default: 1e-5),
            groupCount: try node.groupCount("num_groups"),
            scalesGroups: node.version < 21
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [.tensor(try compute(Float.self, input, call))]
        case .double: return [.tensor(try compute(Double.self, input, call))]
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        guard input.shape.rank >= 2, input.shape[1] % (groupCount ?? 1) == 0 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected channels that the groups divide")
        }
        let rows = input.shape[0] * (groupCount ?? input.shape[1])
        let length = rows == 0 ? 0 : input.shape.elementCount / rows
        let normal = try call.standardized(type, input, rowLength: length, epsilon: Double(epsilon)).result
        var (scale, shift) = (try call.tensor(1), try call.tensor(2))
        if scalesGroups, let groupCount, scale.shape.elementCount == groupCount {
            let size = try call.shape([groupCount, input.shape[1] / groupCount])
            let column = try call.shape([groupCount, 1])
            scale = try call.expanded(scale.with(shape: column), to: size)
            shift = try call.expanded(shift.with(shape: column), to: size)
        }
        return try call.scaled(
            normal,
            by: call.channelVector(scale, "scale", like: input.shape),
            plus: call.channelVector(shift, "bias", like: input.shape)
        )
    }
}
