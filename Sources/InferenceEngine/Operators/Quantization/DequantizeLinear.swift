import OnnxIR
import Tensors

/// `(x - zero_point) · scale`.
struct DequantizeLinear: Operator {
    let granularity: QuantizationGranularity
    let outputType: ElementType?

    static let definition = OperatorDefinition(
        "DequantizeLinear",
        since: [10, 13, 19, 21, 23, 24, 25, 28],
        prepare: prepare
    )
    /// ONNX Runtime's operator, which had types of other widths before the standard's.
    static let microsoft = OperatorDefinition("DequantizeLinear", domain: .microsoft, since: 1, prepare: prepare)

    private static func prepare(_ node: NodeContext) throws(EngineError) -> any Operator {
        DequantizeLinear(
            granularity: try QuantizationGranularity(node),
            outputType: try node.optionalElementType("output_dtype")
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: outputType ?? inputs.elementType(1))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, scale) = (try call.tensor(0), try call.tensor(1))
        let numbers = try centred(input, call.optionalTensor(2), call)
        let factor = try call.spread(call.cast(scale, to: .float), granularity, over: input.shape)
        let product = try call.map(numbers, factor) { (x: Float, y: Float) in x * y }
        return [.tensor(try call.cast(product, to: outputType ?? scale.elementType))]
    }

    private func centred(_ input: Tensor, _ zero: Tensor?, _ call: OperatorCall) throws(EngineError) -> Tensor {
        guard input.elementType.minifloat != nil else {
            return try call.cast(call.shifted(input, by: zero, granularity), to: .float)
        }
        let numbers = try call.cast(input, to: .float)
        guard let zero else { return numbers }
        let offset = try call.spread(call.cast(zero, to: .float), granularity, over: input.shape)
        return try call.map(numbers, offset) { (x: Float, y: Float) in x - y }
    }
}

extension OperatorCall {
    /// Integers as `int32`, less their zero point.
    func shifted(_ input: Tensor, by zero: Tensor?, along axis: Int) throws(EngineError) -> Tensor {
        try shifted(input, by: zero, QuantizationGranularity(axis: axis, blockSize: 0))
    }

    /// Integers as `int32`, less their zero point.
    func shifted(
        _ input: Tensor,
        by zero: Tensor?,
        _ granularity: QuantizationGranularity
    ) throws(EngineError) -> Tensor {
        let numbers = try cast(input, to: .int32)
        guard let zero else { return numbers }
        let offset = try spread(cast(zero, to: .int32), granularity, over: input.shape)
        return try map(numbers, offset) { (x: Int32, y: Int32) in x &- y }
    }
}
