import Diagnostics
import OnnxIR
import Tensors

/// `x / scale + zero_point`, rounded to even and held within the range of an integer type.
struct QuantizeLinear: Operator {
    let axis: Int

    static let definition = OperatorDefinition("QuantizeLinear", since: 10, 13, halves: .widened) {
        node throws(EngineError) in
        QuantizeLinear(axis: try node.int("axis", default: 1))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [inputs.like(elementType: inputs.has(2) ? inputs.elementType(2) : .uint8)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.cast(call.tensor(0), to: .float)
        let scale = try call.axisVector(call.tensor(1), along: axis, of: input.shape)
        let zero = try call.optionalTensor(2)
        let quotient = try call.map(input, scale) { (x: Float, y: Float) in (x / y).rounded(.toNearestOrEven) }
        return [.tensor(try call.requantized(quotient, zero, along: axis))]
    }
}

extension OperatorCall {
    /// Rounded numbers plus a zero point, held within the range of its type, which is `uint8` without one.
    func requantized(_ rounded: Tensor, _ zero: Tensor?, along axis: Int) throws(EngineError) -> Tensor {
        let type = zero?.elementType ?? .uint8
        let range: (Float, Float)
        switch type {
        case .uint8: range = (0, 255)
        case .int8: range = (-128, 127)
        case .uint16: range = (0, 65535)
        case .int16: range = (-32768, 32767)
        default: throw EngineError(.unsupportedType, "quantization to `\(type.name)` is not supported")
        }
        guard let zero else {
            return try cast(map(rounded) { (x: Float) in min(max(x, range.0), range.1) }, to: type)
        }
        let offset = try axisVector(cast(zero, to: .float), along: axis, of: rounded.shape)
        return try cast(map(rounded, offset) { (x: Float, y: Float) in min(max(x + y, range.0), range.1) }, to: type)
    }

    /// A scalar as it is, or a vector in the shape that lies along an axis of another.
    func axisVector(_ vector: Tensor, along axis: Int, of shape: Shape) throws(EngineError) -> Tensor {
        guard vector.shape.elementCount != 1 else { return try vector.with(shape: .scalar) }
        let axis = try checkedAxis(axis, rank: shape.rank)
        guard vector.shape.rank == 1, vector.shape.elementCount == shape[axis] else {
            throw EngineError(
                .shape,
                "a scale or zero point has shape \(vector.shape), expected a scalar or [\(shape[axis])] for axis \(axis)"
            )
        }
        let ones = [Int](repeating: 1, count: shape.rank - axis - 1)
        return try vector.with(shape: self.shape([shape[axis]] + ones))
    }
}
