import OnnxIR
import Tensors

/// `(x - zero_point) · scale`.
struct DequantizeLinear: Operator {
    let axis: Int

    static let definition = OperatorDefinition("DequantizeLinear", since: 10, 13, halves: .widened) {
        node throws(EngineError) in
        DequantizeLinear(axis: try node.int("axis", default: 1))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: inputs.elementType(1))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let scale = try call.axisVector(call.tensor(1), along: axis, of: input.shape)
        let numbers = try call.shifted(input, by: call.optionalTensor(2), along: axis)
        return [
            .tensor(try call.map(call.cast(numbers, to: .float), scale) { (x: Float, y: Float) in x * y })
        ]
    }
}

extension OperatorCall {
    /// Integers as `int32`, less their zero point.
    func shifted(_ input: Tensor, by zero: Tensor?, along axis: Int) throws(EngineError) -> Tensor {
        let numbers = try cast(input, to: .int32)
        guard let zero else { return numbers }
        let offset = try axisVector(cast(zero, to: .int32), along: axis, of: input.shape)
        return try map(numbers, offset) { (x: Int32, y: Int32) in x &- y }
    }
}
