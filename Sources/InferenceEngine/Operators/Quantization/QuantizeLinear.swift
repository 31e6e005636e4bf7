import Diagnostics
import OnnxIR
import Tensors

/// `x / scale + zero_point`, rounded to even and held within the range of a type of few bits.
struct QuantizeLinear: Operator {
    let granularity: QuantizationGranularity
    let outputType: ElementType?
    /// The type that the quotient is computed in; that of the scale unless it is given.
    let precision: ElementType?
    let saturates: Bool

    static let definition = OperatorDefinition(
        "QuantizeLinear",
        since: [10, 13, 19, 21, 23, 24, 25, 28],
        prepare: prepare
    )
    /// ONNX Runtime's operator, which had types of other widths before the standard's.
    static let microsoft = OperatorDefinition("QuantizeLinear", domain: .microsoft, since: 1, prepare: prepare)

    private static func prepare(_ node: NodeContext) throws(EngineError) -> any Operator {
        QuantizeLinear(
            granularity: try QuantizationGranularity(node),
            outputType: try node.optionalElementType("output_dtype"),
            precision: try node.optionalElementType("precision"),
            saturates: try node.bool("saturate", default: true)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [inputs.like(elementType: inputs.has(2) ? inputs.elementType(2) : outputType ?? .uint8)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, scale, zero) = (try call.tensor(0), try call.tensor(1), try call.optionalTensor(2))
        let type = zero?.elementType ?? outputType ?? .uint8
        guard outputType == nil || outputType == type else {
            throw EngineError(
                .elementType,
                "the zero point has type `\(type.name)`, expected `\(outputType?.name ?? "")` as `output_dtype`"
            )
        }
        let quotient = try quotient(input, scale, call)
        guard type.minifloat != nil else {
            let rounded = try call.map(quotient) { (x: Float) in x.rounded(.toNearestOrEven) }
            return [.tensor(try call.requantized(rounded, zero, as: type, granularity))]
        }
        let rules = NarrowCastRules(saturates: saturates)
        guard let zero else { return [.tensor(try call.cast(quotient, to: type, rules))] }
        let offset = try call.spread(call.cast(zero, to: .float), granularity, over: input.shape)
        let shifted = try call.map(quotient, offset) { (x: Float, y: Float) in x + y }
        return [.tensor(try call.cast(shifted, to: type, rules))]
    }

    private func quotient(_ input: Tensor, _ scale: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        // NUMERICS: the quotient of two halves, rounded to `float` first, is the same half as rounded once.
        let isHalf = { (type: ElementType) in type == .float16 || type == .bfloat16 }
        let precision = precision ?? scale.elementType
        let type = isHalf(precision) ? precision : .float
        let x = try call.cast(call.cast(input, to: type), to: .float)
        let y = try call.spread(call.cast(call.cast(scale, to: type), to: .float), granularity, over: input.shape)
        let quotient = try call.map(x, y) { (x: Float, y: Float) in x / y }
        guard quotient.shape == input.shape else {
            throw EngineError(.shape, "the scale has shape \(scale.shape), expected one that fits \(input.shape)")
        }
        return try call.cast(call.cast(quotient, to: type), to: .float)
    }
}

extension OperatorCall {
    /// Rounded numbers plus a zero point, held within the range of its type, which is `uint8` without one.
    func requantized(_ rounded: Tensor, _ zero: Tensor?, along axis: Int) throws(EngineError) -> Tensor {
        let granularity = QuantizationGranularity(axis: axis, blockSize: 0)
        return try requantized(rounded, zero, as: zero?.elementType ?? .uint8, granularity)
    }

    /// Rounded numbers plus a zero point, held within the range of an integer type.
    func requantized(
        _ rounded: Tensor,
        _ zero: Tensor?,
        as type: ElementType,
        _ granularity: QuantizationGranularity
    ) throws(EngineError) -> Tensor {
        guard let range = type.quantizedRange else {
            throw EngineError(.unsupportedType, "quantization to `\(type.name)` is not supported")
        }
        let (least, greatest) = (range.lowerBound, range.upperBound)
        guard let zero else {
            return try cast(map(rounded) { (x: Float) in min(max(x, least), greatest) }, to: type)
        }
        let offset = try spread(cast(zero, to: .float), granularity, over: rounded.shape)
        let shifted = try map(rounded, offset) { (x: Float, y: Float) in min(max(x + y, least), greatest) }
        return try cast(shifted, to: type)
    }
}

extension ElementType {
    /// The numbers of an integer type of at most 16 bits; `nil` for other types.
    fileprivate var quantizedRange: ClosedRange<Float>? {
        switch self {
        case .uint2: 0...3
        case .int2: -2...1
        case .uint4: 0...15
        case .int4: -8...7
        case .uint8: 0...255
        case .int8: -128...127
        case .uint16: 0...65535
        case .int16: -32768...32767
        default: nil
        }
    }
}
