import Diagnostics
import OnnxIR
import Tensors

/// `int8` or `uint8`, the types of the quantised operators.
protocol QuantizedElement: TensorElement, FixedWidthInteger {}

extension Int8: QuantizedElement {}
extension UInt8: QuantizedElement {}

/// An operator on `int8` or `uint8`, with a scale and a zero point for each tensor.
protocol QuantizedOperator: Operator {
    /// The input whose type the output has.
    static var typedInput: Int { get }

    func compute<Element: QuantizedElement>(_ type: Element.Type, _ call: OperatorCall) throws(EngineError) -> Tensor
}

extension QuantizedOperator {
    static var typedInput: Int { 0 }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        switch try call.tensor(Self.typedInput).elementType {
        case .int8: return [.tensor(try compute(Int8.self, call))]
        case .uint8: return [.tensor(try compute(UInt8.self, call))]
        case let type: throw .elementType(type, expected: "int8 or uint8")
        }
    }
}
