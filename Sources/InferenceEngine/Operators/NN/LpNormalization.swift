import OnnxIR
import Tensors

/// Elements divided by the 1-norm or 2-norm along an axis; a norm of zero gives zeros.
struct LpNormalization: Operator {
    let axis: Int
    let order: Int

    static let definition = OperatorDefinition("LpNormalization", since: 1, 22, halves: .widened) {
        node throws(EngineError) in
        let order = try node.int("p", default: 2)
        guard order == 1 || order == 2 else { throw .attribute("p", order, expected: "1 or 2") }
        return LpNormalization(axis: try node.int("axis", default: -1), order: order)
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        switch input.elementType {
        case .float: return [.tensor(try compute(Float.self, input, axis, call))]
        case .double: return [.tensor(try compute(Double.self, input, axis, call))]
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ axis: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        let walk = ReductionWalk(input.shape, axes: [axis], keepsAxes: true)
        return try call.tensor(of: type, input.shape) { target in
            for start in walk.kept {
                var sum: Element = 0
                for step in walk.reduced {
                    let x = source[start + step]
                    sum += order == 1 ? x.magnitude : x * x
                }
                let norm = order == 1 ? sum : sum.squareRoot()
                for step in walk.reduced { target[start + step] = norm == 0 ? 0 : source[start + step] / norm }
            }
        }
    }
}
