import OnnxIR
import Tensors

/// `And`, `Or` and `Xor` of truth values, with broadcasting.
struct TruthFunction: Operator {
    enum Form: Sendable {
        case and
        case or
        case xor
    }

    let form: Form
    let legacy: LegacyBroadcast

    static let and = OperatorDefinition("And", since: 1, 7) { node throws(EngineError) in
        TruthFunction(form: .and, legacy: try LegacyBroadcast(node))
    }

    static let or = OperatorDefinition("Or", since: 1, 7) { node throws(EngineError) in
        TruthFunction(form: .or, legacy: try LegacyBroadcast(node))
    }

    static let xor = OperatorDefinition("Xor", since: 1, 7) { node throws(EngineError) in
        TruthFunction(form: .xor, legacy: try LegacyBroadcast(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(.bool, legacy.shape(inputs))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let left = try call.tensor(0)
        let right = try legacy.aligned(call.tensor(1), to: left)
        let result: Tensor
        switch form {
        case .and: result = try call.map(left, right) { (x: Bool, y: Bool) in x && y }
        case .or: result = try call.map(left, right) { (x: Bool, y: Bool) in x || y }
        case .xor: result = try call.map(left, right) { (x: Bool, y: Bool) in x != y }
        }
        return [.tensor(result)]
    }
}
