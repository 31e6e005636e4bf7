import OnnxIR
import Tensors

/// Ones with the probabilities that the input has, and zeros.
struct Bernoulli: Operator {
    private let elementType: ElementType?
    private let seed: RandomSeed

    static let definition = OperatorDefinition("Bernoulli", since: 15, 22) { node throws(EngineError) in
        Bernoulli(elementType: try node.elementType("dtype"), seed: try RandomSeed(float: node))
    }

    var isDeterministic: Bool { false }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: elementType)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        var random = seed.stream()
        let draws = try call.map(call.cast(input, to: .double)) { (p: Double) in random.uniform() < p }
        return [.tensor(try call.cast(draws, to: elementType ?? input.elementType))]
    }
}
