import OnnxIR
import Tensors

/// A function of one number of any type.
protocol NumberFunction: Sendable {
    func apply<Element: RealElement>(_ x: Element) -> Element
    func apply<Element: FixedWidthInteger>(_ x: Element) -> Element
}

extension NumberFunction {
    static func elementwise(
        _ name: String,
        _ versions: Int...,
        prepare: @escaping @Sendable (NodeContext) throws(EngineError) -> Self
    ) -> OperatorDefinition {
        OperatorDefinition(name, since: versions, halves: .widened) { node throws(EngineError) in
            ElementwiseNumber(function: try prepare(node))
        }
    }
}

/// Applies a function to each element, whatever its number type.
struct ElementwiseNumber<Function: NumberFunction>: Operator {
    let function: Function

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try compute(call.tensor(0), call))]
    }

    private func compute(_ input: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        switch input.elementType {
        case .float: return try call.map(input) { (x: Float) in function.apply(x) }
        case .double: return try call.map(input) { (x: Double) in function.apply(x) }
        case .int8: return try call.map(input) { (x: Int8) in function.apply(x) }
        case .int16: return try call.map(input) { (x: Int16) in function.apply(x) }
        case .int32: return try call.map(input) { (x: Int32) in function.apply(x) }
        case .int64: return try call.map(input) { (x: Int64) in function.apply(x) }
        case .uint8: return try call.map(input) { (x: UInt8) in function.apply(x) }
        case .uint16: return try call.map(input) { (x: UInt16) in function.apply(x) }
        case .uint32: return try call.map(input) { (x: UInt32) in function.apply(x) }
        case .uint64: return try call.map(input) { (x: UInt64) in function.apply(x) }
        default: throw .elementType(input.elementType, expected: "a number type")
        }
    }
}
