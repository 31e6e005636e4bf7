import Diagnostics
import OnnxIR
import Tensors

/// The axes from `axis` on divided by the root of the mean of their squares, then scaled.
///
/// *Numerics*: squares are summed in `Double`, whatever `stash_type` asks for.
struct RMSNormalization: Operator {
    let axis: Int
    let epsilon: Float

    static let definition = OperatorDefinition("RMSNormalization", since: 23, halves: .widened) {
        node throws(EngineError) in
        RMSNormalization(
            axis: try node.int("axis", default: -1),
            epsilon: try node.float("epsilon", default: 1e-5)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: inputs.elementType(1))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, scale) = (try call.tensor(0), try call.tensor(1))
        let normal: Tensor
        switch input.elementType {
        case .float: normal = try compute(Float.self, input, call)
        case .double: normal = try compute(Double.self, input, call)
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
        let result = try call.scaled(call.cast(normal, to: scale.elementType), by: scale, plus: nil)
        guard result.shape == input.shape else {
            throw EngineError(
                .shape,
                "the scale has shape \(scale.shape), expected one that broadcasts to \(input.shape)"
            )
        }
        return [.tensor(result)]
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let axis = try checkedAxis(axis, rank: input.shape.rank)
        let length = input.shape.dimensions[axis...].reduce(1, *)
        let rows = length == 0 ? 0 : input.shape.elementCount / length
        let source = try input.pointer(type)
        return try call.tensor(of: type, input.shape) { target in
            for row in 0..<rows {
                let x = UnsafeBufferPointer(start: source + row * length, count: length)
                let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
                let inverse = 1 / (squares / Double(length) + Double(epsilon)).squareRoot()
                for index in 0..<length { target[row * length + index] = Element(Double(x[index]) * inverse) }
            }
        }
    }
}
