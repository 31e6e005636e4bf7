import OnnxIR
import Tensors

/// A function of each element of a quantised tensor, quantised again.
struct QLinearLookup<Function: RealFunction>: QuantizedOperator {
    let function: Function

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor {
        try call.requantized(
            call.tensor(0),
            from: call.quantization(type, scale: 1, zero: 2),
            to: call.quantization(type, scale: 3, zero: 4),
            through: function.apply
        )
    }
}

extension LeakyRelu {
    /// The function of quantised numbers.
    static let quantized = OperatorDefinition("QLinearLeakyRelu", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        QLinearLookup(function: LeakyRelu(alpha: try node.float("alpha", default: 0.01)))
    }
}

extension Sigmoid {
    /// The function of quantised numbers.
    ///
    /// NUMERICS: ONNX Runtime approximates the function by a quotient of polynomials, which may end at the next number.
    static let quantized = OperatorDefinition("QLinearSigmoid", domain: .microsoft, since: 1) { _ throws(EngineError) in
        QLinearLookup(function: Sigmoid())
    }
}
