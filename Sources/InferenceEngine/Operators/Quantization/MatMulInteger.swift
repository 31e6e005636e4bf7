import OnnxIR
import Tensors

/// The matrix product of integers less their zero points, in `int32`.
struct MatMulInteger: Operator {
    static let definition = OperatorDefinition("MatMulInteger", since: 10) { _ throws(EngineError) in MatMulInteger() }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(.int32, MatMul.shape(inputs.shape(0), inputs.shape(1)))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (left, right) = (try call.tensor(0), try call.tensor(1))
        return [
            .tensor(
                try call.integerProduct(left, call.optionalTensor(2), right, call.optionalTensor(3))
            )
        ]
    }
}

extension OperatorCall {
    /// The product of two integer matrices less their zero points, for each row of the left and column of the right.
    func integerProduct(
        _ left: Tensor,
        _ leftZero: Tensor?,
        _ right: Tensor,
        _ rightZero: Tensor?
    ) throws(EngineError) -> Tensor {
        let lhs = try shifted(left, by: leftZero, along: max(0, left.shape.rank - 2))
        let rhs = try shifted(right, by: rightZero, along: -1)
        let product = try StackedProduct(lhs.shape, rhs.shape, self).compute(Int32.self, lhs, rhs, self)
        withExtendedLifetime((lhs, rhs)) {}
        return product
    }
}
