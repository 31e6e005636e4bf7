import OnnxIR
import Tensors

/// The product of a matrix, quantised on the way, and of quantised weights, plus a bias.
struct DynamicQuantizeMatMul: Operator {
    static let definition = OperatorDefinition("DynamicQuantizeMatMul", domain: .microsoft, since: 1) {
        _ throws(EngineError) in DynamicQuantizeMatMul()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.float, MatMul.shape(inputs.shape(0), inputs.shape(1)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let left = try DynamicQuantizeLinear.quantized(call.tensor(0), call)
        let product = try call.floatProduct(
            left,
            (call.tensor(1), scale: call.tensor(2), zero: call.optionalTensor(3)),
            bias: call.optionalTensor(4)
        )
        return [.tensor(product)]
    }
}
