import Diagnostics
import OnnxIR
import Tensors

/// The bits of the elements, taken for elements of another type of the same width.
struct BitCast: Operator {
    private let target: ElementType

    static let definition = OperatorDefinition("BitCast", since: 26) { node throws(EngineError) in
        let type = try node.elementType("to")
        return BitCast(target: try node.required("to", type))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: target)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard let region = input.region, input.elementType.bitWidth == target.bitWidth else {
            throw EngineError(
                .attribute,
                "attribute `to` is `\(target.name)`, expected a type as wide as `\(input.elementType.name)`"
            )
        }
        let shape = input.shape
        return [
            .tensor(
                try Tensor.wrapping { () throws(TensorError) in
                    try Tensor(elementType: target, shape: shape, region: region)
                }
            )
        ]
    }
}
