import OnnxIR
import Tensors

/// A function of two quantised tensors with broadcasting, quantised again.
///
/// *Types*: both operands and the result are `int8`, or all are `uint8`.
struct QLinearBinary: QuantizedOperator {
    enum Form: Sendable {
        case add
        case multiply
    }

    let form: Form

    static let add = define("QLinearAdd", .add)
    static let multiply = define("QLinearMul", .multiply)

    private static func define(_ name: String, _ form: Form) -> OperatorDefinition {
        OperatorDefinition(name, domain: .microsoft, since: 1) { _ throws(EngineError) in QLinearBinary(form: form) }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let left = inputs.shape(0), let right = inputs.shape(3) else { return [.tensor(inputs.elementType())] }
        return [.tensor(inputs.elementType(), left.broadcast(with: right))]
    }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let (left, right) = (try call.tensor(0), try call.tensor(3))
        let a = try call.quantization(type, scale: 1, zero: 2)
        let b = try call.quantization(type, scale: 4, zero: 5)
        let c = try call.quantization(type, scale: 6, zero: 7)
        switch form {
        case .add: return try Self.sum(left, a, right, b, c, call)
        case .multiply:
            let factor = a.scale * b.scale / c.scale
            return try call.map(left, right) { (x: Element, y: Element) in
                let product = (Int32(x) - Int32(a.zero)) &* (Int32(y) - Int32(b.zero))
                let real = Float(product) * factor + Float(c.zero)
                return Element(saturating: real.rounded(.toNearestOrEven))
            }
        }
    }

    /// NUMERICS: the constant part is computed first and the products are added to it with one rounding each, as
    /// ONNX Runtime does it on processors with fused multiplication; others may lead it to the next number at a tie.
    private static func sum<Element: QuantizedElement>(
        _ left: Tensor,
        _ a: LinearQuantization<Element>,
        _ right: Tensor,
        _ b: LinearQuantization<Element>,
        _ c: LinearQuantization<Element>,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let (first, second) = (a.scale / c.scale, b.scale / c.scale)
        let constant = Float(c.zero) - (first * Float(a.zero) + second * Float(b.zero))
        return try call.map(left, right) { (x: Element, y: Element) in
            let real = constant.addingProduct(Float(y), second).addingProduct(Float(x), first)
            return Element(saturating: real.rounded(.toNearestOrEven))
        }
    }
}
