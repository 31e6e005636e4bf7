import OnnxIR
import Tensors

/// The matrix product of `numpy.matmul`.
///
/// *Shapes*: `[…, m, k] × […, k, n] → […, m, n]`; leading axes broadcast, a vector counts as a row or a column.
struct MatMul: Operator {
    static let definition = OperatorDefinition("MatMul", since: 1, 9, 13, halves: .widened) { _ throws(EngineError) in
        MatMul()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), Self.shape(inputs.shape(0), inputs.shape(1)))]
    }

    static func shape(_ left: [Dimension]?, _ right: [Dimension]?) -> [Dimension]? {
        guard let left, let right, !left.isEmpty, !right.isEmpty else { return nil }
        let stack = Array(left.dropLast(2)).broadcast(with: Array(right.dropLast(2)))
        let rows = left.count > 1 ? [left[left.count - 2]] : []
        return stack + rows + (right.count > 1 ? [right[right.count - 1]] : [])
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let left = try call.tensor(0)
        let right = try call.tensor(1)
        let product = try StackedProduct(left.shape, right.shape, call)
        switch left.elementType {
        case .float: return [.tensor(try product.compute(Float.self, left, right, call))]
        case .double: return [.tensor(try product.compute(Double.self, left, right, call))]
        case .int32: return [.tensor(try product.compute(Int32.self, left, right, call))]
        case .int64: return [.tensor(try product.compute(Int64.self, left, right, call))]
        case .uint32: return [.tensor(try product.compute(UInt32.self, left, right, call))]
        case .uint64: return [.tensor(try product.compute(UInt64.self, left, right, call))]
        default: throw .elementType(left.elementType, expected: "float, double, or an integer of 32 or 64 bits")
        }
    }
}
