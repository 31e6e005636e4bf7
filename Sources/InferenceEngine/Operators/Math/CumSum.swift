import Diagnostics
import OnnxIR
import Tensors

/// Running sums along an axis, from either end, with or without the element itself.
struct CumSum: Operator {
    let isExclusive: Bool
    let isReverse: Bool

    static let definition = OperatorDefinition("CumSum", since: 11, 14, halves: .widened) { node throws(EngineError) in
        CumSum(
            isExclusive: try node.bool("exclusive", default: false),
            isReverse: try node.bool("reverse", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard let given = try call.tensor(1).integers("the axis").first else {
            throw EngineError(.shape, "the axis is empty, expected a scalar")
        }
        let axis = try checkedAxis(given, rank: input.shape.rank)
        switch input.elementType {
        case .float: return [.tensor(try compute(Float.self, input, axis, call))]
        case .double: return [.tensor(try compute(Double.self, input, axis, call))]
        case .int32: return [.tensor(try compute(Int32.self, input, axis, call))]
        case .int64: return [.tensor(try compute(Int64.self, input, axis, call))]
        case .uint32: return [.tensor(try compute(UInt32.self, input, axis, call))]
        case .uint64: return [.tensor(try compute(UInt64.self, input, axis, call))]
        default: throw .elementType(input.elementType, expected: "a number type of 32 or 64 bits")
        }
    }

    private func compute<Element: WrappingNumber>(
        _ type: Element.Type,
        _ input: Tensor,
        _ axis: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        let walk = try ReductionWalk(input.shape, axes: [axis], keepsAxes: true, call.state)
        let steps = isReverse ? walk.reduced.reversed() : walk.reduced
        return try call.tensor(of: type, input.shape) { target in
            for start in walk.kept {
                var sum: Element = 0
                for step in steps {
                    if isExclusive { target[start + step] = sum }
                    sum = Element.wrappingAdd(sum, source[start + step])
                    if !isExclusive { target[start + step] = sum }
                }
            }
        }
    }
}
