import Diagnostics
import OnnxIR
import Tensors

/// How an optimizer moves one number along its gradient.
protocol OptimizerRule: Sendable {
    /// How many states are kept for each number, at most two.
    static var stateCount: Int { get }

    /// The learning rate in an iteration.
    func rate(_ rate: Double, iteration: Int) -> Double

    /// Moves a number, and brings its states up to date.
    func step(_ x: inout Double, _ states: inout SIMD2<Double>, gradient: Double, rate: Double, iteration: Int)
}

/// One iteration of an optimizer: of several tensors, each with its gradient and its states.
///
/// *Shapes*: inputs are the learning rate, the iteration, the tensors, their gradients, their first states, their second
/// states; outputs are the tensors and their states.
struct Optimizer<Rule: OptimizerRule>: Operator {
    let rule: Rule

    static func define(
        _ name: String,
        prepare: @escaping @Sendable (NodeContext) throws(EngineError) -> Rule
    ) -> OperatorDefinition {
        OperatorDefinition(name, domain: .onnxPreviewTraining, since: 1) { node throws(EngineError) in
            Optimizer(rule: try prepare(node))
        }
    }

    /// How many tensors there are, each with as many inputs as the rule asks for.
    private static func count(_ inputCount: Int) -> Int? {
        let (count, rest) = (inputCount - 2).quotientAndRemainder(dividingBy: 2 + Rule.stateCount)
        return rest == 0 && count > 0 ? count : nil
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let count = Self.count(inputs.count) else { return [] }
        let states = (2 + 2 * count)..<inputs.count
        return (Array(2..<(2 + count)) + states).map { inputs.like($0) }
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        guard let count = Self.count(call.inputs.count) else {
            throw EngineError(
                .input,
                "there are \(call.inputs.count) inputs, expected 2 and \(2 + Rule.stateCount) for each tensor"
            )
        }
        let rates = try call.cast(call.tensor(0), to: .double).array(of: Double.self)
        guard let rate = rates.first, let iteration = try call.tensor(1).integers("the iteration").first else {
            throw EngineError(.shape, "the learning rate or the iteration is empty, expected scalars")
        }
        var results = [[Value]](repeating: [], count: 1 + Rule.stateCount)
        for index in 0..<count {
            let operands = try (0..<(2 + Rule.stateCount)).map { group throws(EngineError) in
                try call.tensor(2 + index + group * count)
            }
            let outputs: [Tensor]
            switch operands[0].elementType {
            case .float: outputs = try step(Float.self, operands, rate, iteration, call)
            case .double: outputs = try step(Double.self, operands, rate, iteration, call)
            case let type: throw .elementType(type, expected: "float or double")
            }
            for (group, output) in outputs.enumerated() { results[group].append(.tensor(output)) }
        }
        return results.flatMap { $0 }
    }

    private func step<Element: RealElement>(
        _ type: Element.Type,
        _ operands: [Tensor],
        _ rate: Double,
        _ iteration: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> [Tensor] {
        let shape = operands[0].shape
        var sources: [UnsafePointer<Element>] = []
        for operand in operands {
            guard operand.shape == shape else {
                throw EngineError(.shape, "a gradient or a state has shape \(operand.shape), expected \(shape)")
            }
            sources.append(try operand.pointer(type))
        }
        let rate = rule.rate(rate, iteration: iteration)
        var states = (0..<Rule.stateCount).map { _ in [Element](repeating: 0, count: shape.elementCount) }
        let moved = try call.tensor(of: type, shape) { target in
            for index in 0..<shape.elementCount {
                var x = Double(sources[0][index])
                var own = SIMD2<Double>.zero
                for state in 0..<Rule.stateCount { own[state] = Double(sources[2 + state][index]) }
                let gradient = Double(sources[1][index])
                rule.step(&x, &own, gradient: gradient, rate: rate, iteration: iteration)
                target[index] = Element(x)
                for state in 0..<Rule.stateCount { states[state][index] = Element(own[state]) }
            }
        }
        return try [moved] + states.map { elements throws(EngineError) in try .of(elements, shape) }
    }
}
