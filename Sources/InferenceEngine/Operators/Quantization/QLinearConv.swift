import OnnxIR
import Tensors

/// The convolution of quantised operands, quantised again.
struct QLinearConv: Operator {
    let attributes: SpatialAttributes
    let groupCount: Int

    static let definition = OperatorDefinition("QLinearConv", since: 10) { node throws(EngineError) in
        QLinearConv(attributes: try SpatialAttributes(node), groupCount: try node.groupCount("group"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(7), attributes.inferred(inputs.shape(), weights: inputs.shape(3)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.shifted(call.tensor(0), by: call.tensor(2), along: 1)
        let weights = try call.shifted(call.tensor(3), by: call.tensor(5), along: 0)
        let plan = try Convolution(input.shape, weights.shape, attributes, groupCount: groupCount, call)
        let sums = try plan.compute(Int32.self, input, weights, bias: call.optionalTensor(8), call)
        withExtendedLifetime((input, weights)) {}
        let inputScale = try call.axisVector(call.tensor(1), along: 1, of: sums.shape)
        let weightScale = try call.axisVector(call.tensor(4), along: 1, of: sums.shape)
        let outputScale = try call.axisVector(call.tensor(6), along: 1, of: sums.shape)
        let scaled = try Mul.compute(Mul.compute(call.cast(sums, to: .float), inputScale, call), weightScale, call)
        let rounded = try call.map(scaled, outputScale) { (x: Float, y: Float) in (x / y).rounded(.toNearestOrEven) }
        return [.tensor(try call.requantized(rounded, call.tensor(7), along: 1))]
    }
}
