import Diagnostics
import OnnxIR
import Tensors

/// The product of quantised matrices plus a bias, quantised again, or in `float` where the output has no scale.
///
/// *Types*: the bias is `int32` in the scale of the product, and stands beside the sums.
struct QGemm: Operator {
    let alpha: Float
    let transposesA: Bool
    let transposesB: Bool

    static let definition = OperatorDefinition("QGemm", domain: .microsoft, since: 1) { node throws(EngineError) in
        QGemm(
            alpha: try node.float("alpha", default: 1),
            transposesA: try node.bool("transA", default: false),
            transposesB: try node.bool("transB", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let type = inputs.has(8) ? inputs.elementType(8) : .float
        guard let a = inputs.shape(0), let b = inputs.shape(3), a.count == 2, b.count == 2 else {
            return [.tensor(type)]
        }
        return [.tensor(type, [a[transposesA ? 1 : 0], b[transposesB ? 0 : 1]])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let a = try matrix(call.tensor(0), transposed: transposesA, call)
        let b = try matrix(call.tensor(3), transposed: transposesB, call)
        guard call.hasInput(7) == call.hasInput(8) else {
            throw EngineError(.input, "inputs 7 and 8 belong together, expected both or none")
        }
        var sums = try call.integerProduct(a, call.tensor(2), b, call.tensor(5))
        if let bias = try call.optionalTensor(6) {
            guard bias.shape.broadcast(with: sums.shape) == sums.shape else {
                throw EngineError(.shape, "C \(bias.shape) does not broadcast to \(sums.shape)")
            }
            sums = try Add.compute(sums, bias, call)
        }
        let factor = try call.outputFactor(
            [call.tensor(1), call.tensor(4)],
            times: alpha,
            over: call.optionalTensor(7)
        )
        if let zero = try call.optionalTensor(8) {
            return [.tensor(try call.requantized(sums: sums, by: factor, zero, along: 1))]
        }
        let scale = try call.axisVector(factor, along: 1, of: sums.shape)
        return [.tensor(try Mul.compute(call.cast(sums, to: .float), scale, call))]
    }

    private func matrix(_ input: Tensor, transposed: Bool, _ call: OperatorCall) throws(EngineError) -> Tensor {
        guard input.shape.rank == 2 else {
            throw EngineError(.shape, "an operand has shape \(input.shape), expected a matrix")
        }
        return transposed ? try call.transposed(input, [1, 0]) : input
    }
}
