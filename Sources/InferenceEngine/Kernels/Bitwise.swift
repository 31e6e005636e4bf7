import OnnxIR
import Tensors

/// A function of two integers of one type.
protocol IntegerFunction: Sendable {
    func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element
}

/// Applies a function of integers to two inputs with broadcasting.
struct ElementwiseInteger<Function: IntegerFunction>: Operator {
    let function: Function

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType(), inputs.broadcastShape(0..<2))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (left, right) = (try call.tensor(0), try call.tensor(1))
        guard left.elementType == right.elementType else { throw .elementTypes(left.elementType, right.elementType) }
        return [.tensor(try compute(left, right, call))]
    }

    private func compute(_ left: Tensor, _ right: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        switch left.elementType {
        case .int8: return try call.map(left, right) { (x: Int8, y: Int8) in function.apply(x, y) }
        case .int16: return try call.map(left, right) { (x: Int16, y: Int16) in function.apply(x, y) }
        case .int32: return try call.map(left, right) { (x: Int32, y: Int32) in function.apply(x, y) }
        case .int64: return try call.map(left, right) { (x: Int64, y: Int64) in function.apply(x, y) }
        case .uint8: return try call.map(left, right) { (x: UInt8, y: UInt8) in function.apply(x, y) }
        case .uint16: return try call.map(left, right) { (x: UInt16, y: UInt16) in function.apply(x, y) }
        case .uint32: return try call.map(left, right) { (x: UInt32, y: UInt32) in function.apply(x, y) }
        case .uint64: return try call.map(left, right) { (x: UInt64, y: UInt64) in function.apply(x, y) }
        default: throw .elementType(left.elementType, expected: "an integer type")
        }
    }
}

extension IntegerFunction {
    static func define(
        _ name: String,
        _ versions: Int...,
        prepare: @escaping @Sendable (NodeContext) throws(EngineError) -> Self
    ) -> OperatorDefinition {
        OperatorDefinition(name, since: versions) { node throws(EngineError) in
            ElementwiseInteger(function: try prepare(node))
        }
    }
}
