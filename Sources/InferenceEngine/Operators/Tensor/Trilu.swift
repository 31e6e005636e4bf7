import Diagnostics
import OnnxIR
import Tensors

/// The upper or the lower triangle of matrices; the rest is zero.
struct Trilu: Operator {
    let isUpper: Bool

    static let definition = OperatorDefinition("Trilu", since: 14, prepare: prepare)
    /// ONNX Runtime's operator, which came before the standard's.
    static let microsoft = OperatorDefinition("Trilu", domain: .microsoft, since: 1, prepare: prepare)

    private static func prepare(_ node: NodeContext) throws(EngineError) -> any Operator {
        Trilu(isUpper: try node.bool("upper", default: true))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    private struct Triangle: ElementMovement {
        let matrices: Int
        let rows: Int
        let columns: Int
        let diagonal: Int
        let isUpper: Bool

        func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
            for line in 0..<(matrices &* rows) {
                let border = min(max((line % rows) &+ diagonal, -1), columns)
                let kept = isUpper ? max(border, 0)..<columns : 0..<min(border &+ 1, columns)
                for column in kept { target[line &* columns &+ column] = source[line &* columns &+ column] }
            }
        }
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let rank = input.shape.rank
        guard rank >= 2 else { throw EngineError(.shape, "input has shape \(input.shape), expected matrices") }
        let diagonal = try call.integers(1)?.first ?? 0
        let triangle = Triangle(
            matrices: input.shape.dimensions[..<(rank - 2)].reduce(1, *),
            rows: input.shape[rank - 2],
            columns: input.shape[rank - 1],
            diagonal: min(max(diagonal, -1 << 40), 1 << 40),
            isUpper: isUpper
        )
        return [.tensor(try call.moved(input, to: input.shape, zeroed: true, triangle))]
    }
}
