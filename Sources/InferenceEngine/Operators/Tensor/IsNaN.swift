import OnnxIR
import Tensors

/// Whether an element is not a number.
struct IsNaN: Operator {
    static let definition = OperatorDefinition("IsNaN", since: 9, 13, 20, halves: .widened) { _ throws(EngineError) in
        IsNaN()
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: .bool)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var input = try call.tensor(0)
        input = try call.widened(input) ?? input
        if input.elementType == .double { return [.tensor(try call.map(input) { (x: Double) in x.isNaN })] }
        return [.tensor(try call.map(input) { (x: Float) in x.isNaN })]
    }
}
