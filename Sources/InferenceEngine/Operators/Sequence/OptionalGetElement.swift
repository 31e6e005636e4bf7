import Diagnostics
import OnnxIR
import Tensors

/// The value that an optional holds.
struct OptionalGetElement: Operator {
    static let definition = OperatorDefinition("OptionalGetElement", since: 15, 18, 28) { _ throws(EngineError) in
        OptionalGetElement()
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard case .optional(let type) = inputs[0].type else { return [inputs[0]] }
        return [Facts(type: type)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        guard case .optional(let held, _) = try call.value(0) else { return [try call.value(0)] }
        guard let held else { throw EngineError(.value, "the optional holds nothing, expected a value") }
        return [held]
    }
}
