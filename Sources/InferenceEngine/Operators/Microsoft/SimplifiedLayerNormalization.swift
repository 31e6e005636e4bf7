import Diagnostics
import OnnxIR
import Tensors

/// The axes from `axis` on brought to a mean square of 1, then scaled.
///
/// ONNX Runtime defines it in the domain of ONNX.
struct SimplifiedLayerNormalization: Operator {
    let axis: Int
    let epsilon: Float

    static let definition = OperatorDefinition("SimplifiedLayerNormalization", since: 1, halves: .widened) {
        node throws(EngineError) in
        let stashType = try node.int("stash_type", default: 1)
        guard stashType == 1 else {
            throw EngineError(.unsupportedAttribute, "attribute `stash_type` is \(stashType), only 1 is supported")
        }
        return SimplifiedLayerNormalization(
            axis: try node.int("axis", default: -1),
            epsilon: try node.float("epsilon", default: 1e-5)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        var reduced: [Dimension]?
        if let shape = inputs.shape(), let axis = normalizedAxis(axis, rank: shape.count) {
            reduced = shape.enumerated().map { $0.offset < axis ? $0.element : .fixed(1) }
        }
        return [inputs.like(elementType: inputs.elementType(1)), .tensor(.float, reduced)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let scale = try call.tensor(1)
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let isDouble = input.elementType == .double || scale.elementType == .double
        let rows =
            isDouble
            ? try normalized(Double.self, input, scale, axis, call)
            : try normalized(Float.self, input, scale, axis, call)
        let output = Value.tensor(try call.cast(rows.result, to: scale.elementType))
        let ones = [Int](repeating: 1, count: input.shape.rank - axis)
        let reduced = try call.shape(input.shape.dimensions[..<axis] + ones)
        guard call.outputCount > 1 else { return [output] }
        guard reduced.elementCount == rows.inverses.count else {
            throw EngineError(.shape, "the input has rows of no elements, which have no deviation")
        }
        return [output, .tensor(try .of(rows.inverses, reduced))]
    }

    private func normalized<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ scale: Tensor,
        _ axis: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> NormalizedRows {
        for type in [input.elementType, scale.elementType] where type != .float && type != .double {
            throw .elementType(type, expected: "a floating-point type")
        }
        return try NormalizedRows(
            type,
            call.cast(input, to: Element.elementType),
            length: input.shape.dimensions[axis...].reduce(1, *),
            scale: call.cast(scale, to: Element.elementType),
            epsilon: epsilon,
            isSimplified: true,
            call
        )
    }
}
