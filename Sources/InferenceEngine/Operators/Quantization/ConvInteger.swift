import OnnxIR
import Tensors

/// The convolution of integers less their zero points, in `int32`.
struct ConvInteger: Operator {
    let attributes: SpatialAttributes
    let groupCount: Int

    static let definition = OperatorDefinition("ConvInteger", since: 10) { node throws(EngineError) in
        ConvInteger(attributes: try SpatialAttributes(node), groupCount: try node.groupCount("group"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.int32, attributes.inferred(inputs.shape(), weights: inputs.shape(1)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.shifted(call.tensor(0), by: call.optionalTensor(2), along: 1)
        let weights = try call.shifted(call.tensor(1), by: call.optionalTensor(3), along: 0)
        let plan = try Convolution(input.shape, weights.shape, attributes, groupCount: groupCount, call)
        let result = try plan.compute(Int32.self, input, weights, bias: nil, call)
        withExtendedLifetime((input, weights)) {}
        return [.tensor(result)]
    }
}
