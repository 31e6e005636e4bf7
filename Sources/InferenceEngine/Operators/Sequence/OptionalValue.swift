import OnnxIR
import Tensors

/// An optional that holds the input, or none.
struct OptionalValue: Operator {
    let type: ValueType?

    static let definition = OperatorDefinition("Optional", since: 15, 28) { node throws(EngineError) in
        OptionalValue(type: try node.type("type"))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [Facts(type: .optional(inputs[0].type ?? type))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        guard call.hasInput(0) else { return [.optional(nil, of: type ?? .tensor(nil, shape: nil))] }
        let value = try call.value(0)
        return [.optional(value, of: value.type)]
    }
}
