import OnnxIR

/// Its input.
struct Identity: Operator {
    static let definition = OperatorDefinition("Identity", since: 1, 13, 14, 16, 19, 21, 23, 24, 25) {
        _ throws(EngineError) in
        Identity()
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs[0]] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] { [try call.value(0)] }
}
