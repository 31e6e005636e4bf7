import OnnxIR
import Tensors

/// Numbers as `uint8` with a scale and a zero point that fit their range, which always takes zero in.
struct DynamicQuantizeLinear: Operator {
    static let definition = OperatorDefinition("DynamicQuantizeLinear", since: 11) { _ throws(EngineError) in
        DynamicQuantizeLinear()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [inputs.like(elementType: .uint8), .tensor(.float, []), .tensor(.uint8, [])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (numbers, scale, zero) = try Self.quantized(call.tensor(0), call)
        return [.tensor(numbers), .tensor(scale), .tensor(zero)]
    }

    /// The numbers of a tensor as `uint8`, with their scale and zero point.
    static func quantized(
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> (numbers: Tensor, scale: Tensor, zero: Tensor) {
        let elements = try input.array(of: Float.self)
        let (least, greatest) = (min(0, elements.min() ?? 0), max(0, elements.max() ?? 0))
        let scale = greatest == least ? 1 : (greatest - least) / 255
        let zero = min(max((-least / scale).rounded(.toNearestOrEven), 0), 255)
        let point = try Tensor.of([UInt8(saturating: zero)], .scalar)
        let quotient = try call.map(input) { (x: Float) in (x / scale).rounded(.toNearestOrEven) }
        return (
            numbers: try call.requantized(quotient, point, along: 0), scale: try .of([scale], .scalar), zero: point
        )
    }
}
