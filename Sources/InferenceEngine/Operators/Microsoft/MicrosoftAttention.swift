import Diagnostics
import OnnxIR
import Tensors

/// Attention of a sequence to itself, with the projection that makes queries, keys and values of it.
struct MicrosoftAttention: Operator {
    let attributes: AttentionAttributes
    /// How many columns the queries, the keys and the values have; `nil` for a third of the weights' each.
    let hiddenSizes: [Int]?

    static let definition = OperatorDefinition("Attention", domain: .microsoft, since: 1, halves: .widened) {
        node throws(EngineError) in
        let sizes = try node.ints("qkv_hidden_sizes")
        if let sizes, sizes.count != 3 || !sizes.allSatisfy({ $0 > 0 && $0 <= 1 << 40 }) {
            throw .attribute("qkv_hidden_sizes", sizes, expected: "three positive numbers")
        }
        return MicrosoftAttention(attributes: try AttentionAttributes(node), hiddenSizes: sizes)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let third = inputs.shape(1)?.last?.map { $0 / 3 } ?? .unknown
        let shape = inputs.shape().map { Array($0.dropLast()) + [hiddenSizes.map { .fixed($0[2]) } ?? third] }
        return [
            .tensor(inputs.elementType(), shape),
            attributes.presentFacts(inputs, past: 4, elementType: inputs.elementType()),
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, weights) = (try call.tensor(0), try call.tensor(1))
        guard input.shape.rank == 3, weights.shape.rank == 2 else {
            throw EngineError(
                .shape,
                "input \(input.shape) and weights \(weights.shape) do not fit, expected 3 and 2 axes"
            )
        }
        let columns = hiddenSizes ?? [Int](repeating: weights.shape[1] / 3, count: 3)
        guard columns.reduce(0, +) == weights.shape[1] else {
            throw EngineError(
                .shape,
                "weights \(weights.shape) do not divide into queries, keys and values of \(columns) columns"
            )
        }
        var projection = try StackedProduct(input.shape, weights.shape, call).compute(Float.self, input, weights, call)
        if let bias = try call.optionalTensor(2) { projection = try call.adding(bias, toColumnsOf: projection) }
        return try attributes.compute(
            projection,
            columns: columns,
            mask: call.optionalTensor(3),
            past: call.optionalTensor(4),
            bias: call.optionalTensor(5),
            call
        )
    }
}

extension OperatorCall {
    /// A tensor plus a vector that has one number for each of its columns.
    ///
    /// *Throws*: `shape` when it has not.
    func adding(_ bias: Tensor, toColumnsOf input: Tensor) throws(EngineError) -> Tensor {
        guard let columns = input.shape.dimensions.last, bias.shape.dimensions == [columns] else {
            let expected = input.shape.dimensions.last.map { "[\($0)]" } ?? "none for a scalar"
            throw EngineError(.shape, "the bias has shape \(bias.shape), expected \(expected)")
        }
        return try Add.compute(input, bias, self)
    }
}
