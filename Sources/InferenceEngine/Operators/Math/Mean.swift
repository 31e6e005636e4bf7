import OnnxIR
import Tensors

/// The mean of any number of inputs, with broadcasting.
struct Mean: Operator {
    static let definition = OperatorDefinition("Mean", since: 1, 6, 8, 13, halves: .widened) { _ throws(EngineError) in
        Mean()
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType(), inputs.broadcastShape())] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let inputs = try call.tensors()
        var sum = try call.tensor(0)
        for input in inputs.dropFirst() { sum = try Sum.compute(sum, input, call) }
        let count = try call.cast(.of([Double(inputs.count)], .scalar), to: sum.elementType)
        return [.tensor(try Div.compute(sum, count, call))]
    }
}
