import OnnxIR
import Tensors

/// The opposite truth value.
struct Not: Operator {
    static let definition = OperatorDefinition("Not", since: 1) { _ throws(EngineError) in Not() }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: .bool)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try call.map(call.tensor(0)) { (x: Bool) in !x })]
    }
}
