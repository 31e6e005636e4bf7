import OnnxIR
import Tensors

/// The axes in another order; reversed unless `perm` says which.
struct Transpose: Operator {
    let order: [Int]?

    static let definition = OperatorDefinition("Transpose", since: 1, 13, 21, 23, 24, 25) { node throws(EngineError) in
        Transpose(order: try node.ints("perm"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape() else { return [.tensor(inputs.elementType())] }
        let order = order ?? Array(shape.indices.reversed())
        guard order.sorted() == Array(shape.indices) else { return [.tensor(inputs.elementType())] }
        return [.tensor(inputs.elementType(), order.map { shape[$0] })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        return [.tensor(try call.transposed(input, order ?? Array(0..<input.shape.rank).reversed()))]
    }
}

extension OperatorCall {
    /// The tensor with its axes in another order.
    ///
    /// *Throws*: `attribute` when the order does not name each axis once.
    func transposed(_ input: Tensor, _ order: [Int]) throws(EngineError) -> Tensor {
        guard order.sorted() == Array(0..<input.shape.rank) else {
            throw .attribute("perm", order, expected: "each axis of \(input.shape) once")
        }
        let identity = AxisMap.identity(input.shape)
        let map = AxisMap(offsets: order.map { identity.offsets[$0] })
        return try moved(input, to: try shape(order.map { input.shape[$0] }), map)
    }
}
