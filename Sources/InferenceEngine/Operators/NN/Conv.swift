import OnnxIR
import Tensors

/// A convolution in any number of spatial axes, with groups.
///
/// *Shapes*: `[n, c, …] × [m, c / group, …] → [n, m, …]`.
struct Conv: Operator {
    let attributes: SpatialAttributes
    let groupCount: Int

    static let definition = OperatorDefinition("Conv", since: 1, 11, 22, halves: .widened) { node throws(EngineError) in
        try Conv(node)
    }

    init(_ node: NodeContext) throws(EngineError) {
        attributes = try SpatialAttributes(node)
        groupCount = try node.groupCount("group")
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), attributes.inferred(inputs.shape(), weights: inputs.shape(1)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, weights) = (try call.tensor(0), try call.tensor(1))
        let plan = try Convolution(input.shape, weights.shape, attributes, groupCount: groupCount, call)
        let bias = try call.optionalTensor(2)
        switch input.elementType {
        case .float: return [.tensor(try plan.compute(Float.self, input, weights, bias: bias, call))]
        case .double: return [.tensor(try plan.compute(Double.self, input, weights, bias: bias, call))]
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }
}
