import Diagnostics
import OnnxIR
import Tensors

/// The layer normalisation of the sum of an input, a skip connection and a bias; or its simplified form, without means.
struct SkipLayerNormalization: Operator {
    let epsilon: Float
    let isSimplified: Bool

    static let definition = OperatorDefinition("SkipLayerNormalization", domain: .microsoft, since: 1, halves: .widened)
    {
        node throws(EngineError) in
        SkipLayerNormalization(epsilon: try node.float("epsilon", default: 1e-12), isSimplified: false)
    }

    static let simplified = OperatorDefinition(
        "SkipSimplifiedLayerNormalization",
        domain: .microsoft,
        since: 1,
        halves: .widened
    ) {
        node throws(EngineError) in
        SkipLayerNormalization(epsilon: try node.float("epsilon", default: 1e-12), isSimplified: true)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let reduced = inputs.shape().map { Array($0.dropLast()) + [.fixed(1)] }
        return [inputs.like(), .tensor(.float, reduced), .tensor(.float, reduced), inputs.like()]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let skip = try call.tensor(1)
        let shape = input.shape
        guard let length = shape.dimensions.last, shape.rank == 2 || shape.rank == 3 else {
            throw EngineError(.shape, "the input has shape \(shape), expected 2 or 3 axes")
        }
        let samples = skip.shape.rank == 3 ? skip.shape[0] : 1
        guard skip.shape.dimensions.suffix(2) == shape.dimensions.suffix(2), skip.shape.rank <= shape.rank,
            samples == 1 || skip.shape == shape
        else {
            throw EngineError(.shape, "the skip has shape \(skip.shape), expected \(shape) or one sample of it")
        }
        var sum = try Add.compute(input, skip, call)
        if let bias = try call.optionalTensor(isSimplified ? 3 : 4) {
            sum = try call.adding(bias, toColumnsOf: sum)
        }
        let rows = try NormalizedRows(
            Float.self,
            sum,
            length: length,
            scale: call.tensor(2),
            shift: isSimplified ? nil : call.optionalTensor(3),
            epsilon: epsilon,
            isSimplified: isSimplified,
            call
        )
        guard call.outputCount > 1 else { return [.tensor(rows.result)] }
        let reduced = try call.shape(shape.dimensions.dropLast() + [1])
        guard reduced.elementCount == rows.means.count else {
            throw EngineError(.shape, "the input has rows of no elements, which have no mean")
        }
        return [
            .tensor(rows.result), .tensor(try .of(rows.means, reduced)), .tensor(try .of(rows.inverses, reduced)),
            .tensor(sum),
        ]
    }
}
