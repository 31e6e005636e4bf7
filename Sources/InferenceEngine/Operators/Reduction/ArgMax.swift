import Diagnostics
import OnnxIR
import Tensors

/// The index of the largest, or of the smallest, element along an axis.
struct ArgMax: Operator {
    let findsSmallest: Bool
    let axis: Int
    let keepsAxis: Bool
    let takesLast: Bool

    static let definition = define("ArgMax", findsSmallest: false)
    static let argMin = define("ArgMin", findsSmallest: true)

    private static func define(_ name: String, findsSmallest: Bool) -> OperatorDefinition {
        OperatorDefinition(name, since: 1, 11, 12, 13, halves: .widened) { node throws(EngineError) in
            ArgMax(
                findsSmallest: findsSmallest,
                axis: try node.int("axis", default: 0),
                keepsAxis: try node.bool("keepdims", default: true),
                takesLast: try node.bool("select_last_index", default: false)
            )
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape(), let axis = normalizedAxis(axis, rank: shape.count) else {
            return [.tensor(.int64)]
        }
        shape[axis] = 1
        if !keepsAxis { shape.remove(at: axis) }
        return [.tensor(.int64, shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [try compute(Float.self, input, call)]
        case .double: return [try compute(Double.self, input, call)]
        case .int8: return [try compute(Int8.self, input, call)]
        case .int16: return [try compute(Int16.self, input, call)]
        case .int32: return [try compute(Int32.self, input, call)]
        case .int64: return [try compute(Int64.self, input, call)]
        case .uint8: return [try compute(UInt8.self, input, call)]
        case .uint16: return [try compute(UInt16.self, input, call)]
        case .uint32: return [try compute(UInt32.self, input, call)]
        case .uint64: return [try compute(UInt64.self, input, call)]
        default: throw .elementType(input.elementType, expected: "a number type")
        }
    }

    private func compute<Element: TensorElement & Comparable>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Value {
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let length = input.shape[axis]
        var dimensions = input.shape.dimensions
        let outer = dimensions[..<axis].reduce(1, *)
        let inner = dimensions[(axis + 1)...].reduce(1, *)
        dimensions[axis] = 1
        if !keepsAxis { dimensions.remove(at: axis) }
        let source = try input.pointer(type)
        let shape = try call.shape(dimensions)
        guard length > 0 || shape.elementCount == 0 else {
            throw EngineError(.shape, "axis \(axis) of \(input.shape) is empty, expected at least one element")
        }
        return .tensor(
            try call.tensor(of: Int64.self, shape) { target in
                for row in 0..<outer {
                    for column in 0..<inner {
                        let start = source + (row &* length &* inner &+ column)
                        var best = 0
                        for index in 1..<max(length, 1) {
                            let (candidate, leader) = (start[index &* inner], start[best &* inner])
                            // NUMERICS: what is not a number comes before all others, as NumPy has it.
                            let isNumber = candidate == candidate
                            let isBetter =
                                isNumber ? findsSmallest ? candidate < leader : candidate > leader : leader == leader
                            let isSame = isNumber ? candidate == leader : leader != leader
                            if isBetter || (takesLast && isSame) { best = index }
                        }
                        target[row &* inner &+ column] = Int64(best)
                    }
                }
            }
        )
    }
}
