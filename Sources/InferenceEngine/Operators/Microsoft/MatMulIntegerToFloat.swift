import Diagnostics
import OnnxIR
import Tensors

/// The matrix product of quantised operands, in `float`, plus a bias.
struct MatMulIntegerToFloat: Operator {
    static let definition = OperatorDefinition("MatMulIntegerToFloat", domain: .microsoft, since: 1, halves: .widened) {
        _ throws(EngineError) in MatMulIntegerToFloat()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(2), MatMul.shape(inputs.shape(0), inputs.shape(1)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [
            .tensor(
                try call.floatProduct(
                    (call.tensor(0), scale: call.tensor(2), zero: call.optionalTensor(4)),
                    (call.tensor(1), scale: call.tensor(3), zero: call.optionalTensor(5)),
                    bias: call.optionalTensor(6)
                )
            )
        ]
    }
}

extension OperatorCall {
    /// A quantised matrix with its scale and, unless it is 0, its zero point.
    typealias QuantizedMatrix = (numbers: Tensor, scale: Tensor, zero: Tensor?)

    /// The product of quantised matrices as `float`, plus a bias.
    ///
    /// Scales and zero points are single numbers or, on the right, one for each column.
    func floatProduct(
        _ left: QuantizedMatrix,
        _ right: QuantizedMatrix,
        bias: Tensor?
    ) throws(EngineError) -> Tensor {
        guard left.scale.shape.elementCount == 1, left.zero?.shape.elementCount ?? 1 == 1 else {
            throw EngineError(
                .shape,
                "the left scale has shape \(left.scale.shape), expected one number as its zero point"
            )
        }
        let product = try cast(integerProduct(left.numbers, left.zero, right.numbers, right.zero), to: .float)
        let scale = try Mul.compute(left.scale.with(shape: .scalar), right.scale, self)
        var result = try Mul.compute(product, axisVector(scale, along: -1, of: product.shape), self)
        if let bias { result = try adding(bias, toColumnsOf: result) }
        return result
    }
}
