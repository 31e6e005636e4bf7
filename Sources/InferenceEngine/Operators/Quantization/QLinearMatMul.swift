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
        let product = try call.integerProduct(call.tensor(0), call.tensor(2), call.tensor(3), call.tensor(5))
        var factors: [Tensor] = []
        for index in [1, 4, 6] { factors.append(try call.cast(call.tensor(index), to: .float)) }
        let left = try call.axisVector(factors[0], along: max(0, product.shape.rank - 2), of: product.shape)
        let right = try call.axisVector(factors[1], along: -1, of: product.shape)
        let output = try call.axisVector(factors[2], along: -1, of: product.shape)
        let scaled = try Mul.compute(Mul.compute(call.cast(product, to: .float), left, call), right, call)
        let rounded = try call.map(scaled, output) { (x: Float, y: Float) in (x / y).rounded(.toNearestOrEven) }
        return [.tensor(try call.requantized(rounded, call.tensor(7), along: -1))]
    }
}
