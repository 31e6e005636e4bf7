import Diagnostics
import OnnxIR
import Tensors

/// `Attention` of a quantised input with quantised weights.
struct QAttention: Operator {
    private let attributes: AttentionAttributes

    static let definition = OperatorDefinition("QAttention", domain: .microsoft, since: 1, halves: .widened) {
        node throws(EngineError) in QAttention(attributes: try AttentionAttributes(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let type = inputs.elementType(2)
        let columns = inputs.shape(1)?.last?.map { $0 / 3 }
        let shape = inputs.shape().map { Array($0.dropLast()) + [columns ?? .unknown] }
        return [.tensor(type, shape), attributes.presentFacts(inputs, past: 8, elementType: type)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, weights) = (try call.tensor(0), try call.tensor(1))
        guard input.shape.rank == 3, weights.shape.rank == 2, weights.shape[1].isMultiple(of: 3) else {
            throw EngineError(
                .shape,
                "input \(input.shape) and weights \(weights.shape) do not fit, expected 3 axes, and 2 with thrice the heads' columns"
            )
        }
        let projection = try call.floatProduct(
            (input, scale: call.tensor(3), zero: call.optionalTensor(6)),
            (weights, scale: call.tensor(4), zero: call.optionalTensor(7)),
            bias: call.tensor(2)
        )
        return try attributes.compute(
            projection,
            columns: [Int](repeating: weights.shape[1] / 3, count: 3),
            mask: call.optionalTensor(5),
            past: call.optionalTensor(8),
            bias: nil,
            call
        )
    }
}
