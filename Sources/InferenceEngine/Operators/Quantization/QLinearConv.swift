import OnnxIR
import Tensors

/// The convolution of quantised operands, quantised again.
struct QLinearConv: Operator {
    let attributes: SpatialAttributes
    let groupCount: Int
    let layout: ChannelLayout

    static let definition = OperatorDefinition("QLinearConv", since: 10, prepare: prepare)
    /// ONNX Runtime's operator, which may have the channels last.
    static let microsoft = OperatorDefinition("QLinearConv", domain: .microsoft, since: 1, prepare: prepare)

    private static func prepare(_ node: NodeContext) throws(EngineError) -> any Operator {
        QLinearConv(
            attributes: try SpatialAttributes(node),
            groupCount: try node.groupCount("group"),
            layout: try ChannelLayout(node)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let shape = attributes.inferred(inputs.shape().map(layout.channelsFirst), weights: inputs.shape(3))
        return [.tensor(inputs.elementType(7), shape.map(layout.restored))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let ordered = try layout.channelsFirst(call.tensor(0), call)
        let input = try call.shifted(ordered, by: call.tensor(2), along: 1)
        let weights = try call.shifted(call.tensor(3), by: call.tensor(5), along: 0)
        let plan = try Convolution(input.shape, weights.shape, attributes, groupCount: groupCount, call)
        let sums = try plan.compute(Int32.self, input, weights, bias: call.optionalTensor(8), call)
        withExtendedLifetime((input, weights)) {}
        let factor = try call.outputFactor([call.tensor(1), call.tensor(4)], over: call.tensor(6))
        let numbers = try call.requantized(sums: sums, by: factor, call.tensor(7), along: 1)
        return [.tensor(try layout.restored(numbers, call))]
    }
}

extension OperatorCall {
    /// What turns sums of products into numbers of the output: the scales of the operands over that of the output.
    func outputFactor(
        _ scales: [Tensor],
        times alpha: Float = 1,
        over output: Tensor?
    ) throws(EngineError) -> Tensor {
        var factor = try Tensor.of([alpha], .scalar)
        for scale in scales {
            factor = try Mul.compute(factor, scale.shape.elementCount == 1 ? scale.with(shape: .scalar) : scale, self)
        }
        guard let output else { return factor }
        return try Div.compute(factor, output.shape.elementCount == 1 ? output.with(shape: .scalar) : output, self)
    }

    /// Sums of products times a factor, a single one or one for each index of an axis, rounded, plus a zero point.
    ///
    /// NUMERICS: the factor is applied in one product, as ONNX Runtime does it; scale by scale, ties may end elsewhere.
    func requantized(
        sums: Tensor,
        by factor: Tensor,
        _ zero: Tensor,
        along axis: Int
    ) throws(EngineError) -> Tensor {
        let factor = try axisVector(factor, along: axis, of: sums.shape)
        let rounded = try map(cast(sums, to: .float), factor) { (x: Float, y: Float) in
            (x * y).rounded(.toNearestOrEven)
        }
        return try requantized(rounded, zero, along: axis)
    }
}
