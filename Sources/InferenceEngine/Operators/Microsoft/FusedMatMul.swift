import Diagnostics
import OnnxIR
import Tensors

/// `alpha` times the product of matrices whose axes may be exchanged first.
///
/// *Shapes*: as `MatMul`. `transA` and `transB` exchange the last two axes of an operand; `transBatchA` and
/// `transBatchB` move its first axis behind the other leading ones before.
struct FusedMatMul: Operator {
    /// How the axes of an operand are exchanged.
    struct Exchange: Sendable {
        let movesBatch: Bool
        let transposes: Bool

        /// The order of the axes; `nil` when it stays as it is, as that of a vector does.
        func order(rank: Int) -> [Int]? {
            guard rank >= 2, movesBatch || transposes else { return nil }
            var order = Array(0..<rank)
            if movesBatch { order.insert(order.removeFirst(), at: rank - 2) }
            if transposes { order.swapAt(rank - 2, rank - 1) }
            return order
        }
    }

    let left: Exchange
    let right: Exchange
    let alpha: Float

    static let definition = define("FusedMatMul")
    /// The operator by its first name.
    static let transposeMatMul = define("TransposeMatMul")

    private static func define(_ name: String) -> OperatorDefinition {
        OperatorDefinition(name, domain: .microsoft, since: 1, halves: .widened) { node throws(EngineError) in
            FusedMatMul(
                left: Exchange(
                    movesBatch: try node.bool("transBatchA", default: false),
                    transposes: try node.bool("transA", default: false)
                ),
                right: Exchange(
                    movesBatch: try node.bool("transBatchB", default: false),
                    transposes: try node.bool("transB", default: false)
                ),
                alpha: try node.float("alpha", default: 1)
            )
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let first = inputs.shape(0), let second = inputs.shape(1) else { return [.tensor(inputs.elementType())] }
        let lhs = left.order(rank: first.count)?.map { first[$0] } ?? first
        let rhs = right.order(rank: second.count)?.map { second[$0] } ?? second
        return [.tensor(inputs.elementType(), MatMul.shape(lhs, rhs))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let product = try MatMul().result(
            of: [exchanged(call.tensor(0), left, call), exchanged(call.tensor(1), right, call)],
            call
        )
        switch product.elementType {
        case .float where alpha != 1: return [.tensor(try call.map(product) { (x: Float) in x * alpha })]
        case .double where alpha != 1: return [.tensor(try call.map(product) { (x: Double) in x * Double(alpha) })]
        case .float, .double: return [.tensor(product)]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func exchanged(
        _ operand: Tensor,
        _ exchange: Exchange,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        guard let order = exchange.order(rank: operand.shape.rank) else { return operand }
        return try call.transposed(operand, order)
    }
}
