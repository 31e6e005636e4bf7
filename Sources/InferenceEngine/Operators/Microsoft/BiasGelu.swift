import Diagnostics
import OnnxIR
import Tensors

/// The Gaussian error linear unit of the input plus a bias.
struct BiasGelu: Operator {
    let function: Gelu
    let needsBias: Bool

    static let definition = OperatorDefinition("BiasGelu", domain: .microsoft, since: 1, halves: .widened) {
        _ throws(EngineError) in
        BiasGelu(function: Gelu(approximation: .none), needsBias: true)
    }

    /// The approximation through `tanh`, whose bias may be left out.
    static let fast = OperatorDefinition("FastGelu", domain: .microsoft, since: 1, halves: .widened) {
        _ throws(EngineError) in
        BiasGelu(function: Gelu(approximation: .tanh), needsBias: false)
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var input = try call.tensor(0)
        if needsBias || call.hasInput(1) { input = try call.adding(call.tensor(1), toColumnsOf: input) }
        switch input.elementType {
        case .float: return [.tensor(try call.map(input) { (x: Float) in function.apply(x) })]
        case .double: return [.tensor(try call.map(input) { (x: Double) in function.apply(x) })]
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }
}
