import OnnxIR
import Tensors

/// The matrix product of quantised operands, quantised again.
struct QLinearMatMul: Operator {
    static let definition = OperatorDefinition("QLinearMatMul", since: 10, 21) { _ throws(EngineError) in
        QLinearMatMul()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(7), MatMul.shape(inputs.shape(0), inputs.shape(3)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let product = try product(call)
        var factors: [Tensor] = []
        for index in [1, 4, 6] { factors.append(try call.cast(call.tensor(index), to: .float)) }
        let left = try call.axisVector(factors[0], along: max(0, product.shape.rank - 2), of: product.shape)
        let right = try call.axisVector(factors[1], along: -1, of: product.shape)
        let output = try call.axisVector(factors[2], along: -1, of: product.shape)
        // NUMERICS: the scales meet first and are applied in one product, as ONNX Runtime does it.
        let factor = try Div.compute(Mul.compute(left, right, call), output, call)
        let quotient = try Mul.compute(product, factor, call)
        let zero = try call.tensor(7)
        guard zero.elementType.minifloat == nil else {
            let offset = try call.axisVector(call.cast(zero, to: .float), along: -1, of: product.shape)
            return [.tensor(try call.cast(Add.compute(quotient, offset, call), to: zero.elementType))]
        }
        let rounded = try call.map(quotient) { (x: Float) in x.rounded(.toNearestOrEven) }
        return [.tensor(try call.requantized(rounded, zero, along: -1))]
    }

    /// The product of the operands less their zero points, as `float`.
    private func product(_ call: OperatorCall) throws(EngineError) -> Tensor {
        let operands = [try call.tensor(0), try call.tensor(2), try call.tensor(3), try call.tensor(5)]
        guard operands[0].elementType.minifloat != nil || operands[2].elementType.minifloat != nil else {
            return try call.cast(call.integerProduct(operands[0], operands[1], operands[2], operands[3]), to: .float)
        }
        var numbers: [Tensor] = []
        for operand in operands { numbers.append(try call.cast(operand, to: .float)) }
        let rowAxis = max(0, numbers[0].shape.rank - 2)
        let left = try Sub.compute(
            numbers[0],
            call.axisVector(numbers[1], along: rowAxis, of: numbers[0].shape),
            call
        )
        let right = try Sub.compute(numbers[2], call.axisVector(numbers[3], along: -1, of: numbers[2].shape), call)
        let product = try StackedProduct(left.shape, right.shape, call).compute(Float.self, left, right, call)
        withExtendedLifetime((left, right)) {}
        return product
    }
}
