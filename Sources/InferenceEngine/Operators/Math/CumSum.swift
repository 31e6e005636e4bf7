import Diagnostics
import OnnxIR
import Tensors

/// Running sums or products along an axis, from either end, with or without the element itself.
struct CumSum: Operator {
    enum Form: Sendable {
        case sum
        case product
    }

    private let form: Form
    private let isExclusive: Bool
    private let isReverse: Bool

    static let definition = define("CumSum", .sum, 11, 14)
    static let product = define("CumProd", .product, 26)

    private static func define(_ name: String, _ form: Form, _ versions: Int...) -> OperatorDefinition {
        OperatorDefinition(name, since: versions, halves: .widened) { node throws(EngineError) in
            CumSum(
                form: form,
                isExclusive: try node.bool("exclusive", default: false),
                isReverse: try node.bool("reverse", default: false)
            )
        }
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
        let walk = ReductionWalk(input.shape, axes: [axis], keepsAxes: true)
        let steps = isReverse ? walk.reduced.backwards : walk.reduced
        return try call.tensor(of: type, input.shape) { target in
            for start in walk.kept {
                var running: Element = form == .sum ? 0 : 1
                for step in steps {
                    if isExclusive { target[start + step] = running }
                    let element = source[start + step]
                    running =
                        form == .sum
                        ? Element.wrappingAdd(running, element) : Element.wrappingMultiply(running, element)
                    if !isExclusive { target[start + step] = running }
                }
            }
        }
    }
}
