import Diagnostics
import OnnxIR
import Tensors

/// The product of a gate under `Swish` and a value of the same shape.
struct SwiGLU: Operator {
    let swish: Swish

    static let definition = OperatorDefinition("SwiGLU", since: 28, halves: .widened) { node throws(EngineError) in
        SwiGLU(swish: Swish(alpha: try node.float("alpha", default: 1)))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (gate, linear) = (try call.tensor(0), try call.tensor(1))
        guard gate.shape == linear.shape else {
            throw EngineError(.shape, "the gate has shape \(gate.shape), expected \(linear.shape) as the value")
        }
        switch gate.elementType {
        case .float: return [.tensor(try call.map(gate, linear) { (x: Float, y: Float) in swish.apply(x) * y })]
        case .double: return [.tensor(try call.map(gate, linear) { (x: Double, y: Double) in swish.apply(x) * y })]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }
}
