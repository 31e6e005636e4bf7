import OnnxIR
import Tensors

/// Whether an optional holds a value; what is no optional does.
struct OptionalHasElement: Operator {
    static let definition = OperatorDefinition("OptionalHasElement", since: 15, 18, 28) { _ throws(EngineError) in
        OptionalHasElement()
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(.bool, [])] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var holds = call.hasInput(0)
        if holds, case .optional(nil, _) = try call.value(0) { holds = false }
        return [.tensor(try .of([holds], .scalar))]
    }
}
