import OnnxIR
import Tensors

/// A comparison of two numbers of one type.
protocol NumberComparison: Sendable {
    static func apply<Element: Comparable>(_ x: Element, _ y: Element) -> Bool
}

extension NumberComparison {
    static func define(_ name: String, _ versions: Int...) -> OperatorDefinition {
        OperatorDefinition(name, since: versions, halves: .widened) { node throws(EngineError) in
            ElementwiseComparison<Self>(legacy: try LegacyBroadcast(node))
        }
    }

    fileprivate static func compute<Element: Comparable & TensorElement>(
        _ type: Element.Type,
        _ left: Tensor,
        _ right: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        try call.map(left, right) { (x: Element, y: Element) in apply(x, y) }
    }
}

/// Compares two inputs with broadcasting; text and truth values only for equality.
struct ElementwiseComparison<Function: NumberComparison>: Operator {
    let legacy: LegacyBroadcast

    func infer(_ inputs: InputFacts) -> [Facts] {
        [
            Facts(
                type: .tensor(.bool, shape: legacy.shape(inputs)),
                constant: legacy.isNone ? Function.constant(inputs) : nil
            )
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let left = try call.tensor(0)
        let right = try legacy.aligned(call.tensor(1), to: left)
        guard left.elementType == right.elementType else {
            throw .elementTypes(left.elementType, right.elementType)
        }
        return [.tensor(try compute(left, right, call))]
    }

    private func compute(_ left: Tensor, _ right: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        switch left.elementType {
        case .float: return try Function.compute(Float.self, left, right, call)
        case .double: return try Function.compute(Double.self, left, right, call)
        case .int8: return try Function.compute(Int8.self, left, right, call)
        case .int16: return try Function.compute(Int16.self, left, right, call)
        case .int32: return try Function.compute(Int32.self, left, right, call)
        case .int64: return try Function.compute(Int64.self, left, right, call)
        case .uint8: return try Function.compute(UInt8.self, left, right, call)
        case .uint16: return try Function.compute(UInt16.self, left, right, call)
        case .uint32: return try Function.compute(UInt32.self, left, right, call)
        case .uint64: return try Function.compute(UInt64.self, left, right, call)
        case .bool: return try call.map(left, right) { (x: Bool, y: Bool) in Function.apply(x ? 1 : 0, y ? 1 : 0) }
        case .string: return try texts(left, right, call)
        default: throw .elementType(left.elementType, expected: "a number type")
        }
    }

    private func texts(_ left: Tensor, _ right: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let walk = try Broadcast([left.shape, right.shape])
        let lhs = try left.stringElements().map { ExactText($0) }
        let rhs = try right.stringElements().map { ExactText($0) }
        return try call.tensor(of: Bool.self, walk.shape) { target in
            var row = target
            for (x, y) in zip(walk.offsets[0], walk.offsets[1]) {
                for index in 0..<walk.length {
                    row[index] = Function.apply(lhs[x + index * walk.steps[0]], rhs[y + index * walk.steps[1]])
                }
                row += walk.length
            }
        }
    }
}
