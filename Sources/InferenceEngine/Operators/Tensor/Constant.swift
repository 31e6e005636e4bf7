import Diagnostics
import OnnxIR
import Tensors

/// The value of its attribute.
struct Constant: Operator {
    let value: Tensor

    static let definition = OperatorDefinition("Constant", since: 1, 9, 11, 12, 13, 19, 21, 23, 24, 25) {
        node throws(EngineError) in
        if let tensor = try node.tensor("value") { return Constant(value: tensor) }
        if let number = try node.float("value_float") { return Constant(value: try .of([number], .scalar)) }
        if let numbers = try node.floats("value_floats") { return Constant(value: try .of(numbers)) }
        if let number = try node.int("value_int") { return Constant(value: try .of([Int64(number)], .scalar)) }
        if let numbers = try node.ints("value_ints") { return Constant(value: try .of(numbers.map { Int64($0) })) }
        if let text = try node.string("value_string") { return Constant(value: try .of(strings: [text], .scalar)) }
        if let texts = try node.strings("value_strings") { return Constant(value: try .of(strings: texts)) }
        if let tensor = try node.denseTensor("sparse_value") { return Constant(value: tensor) }
        throw EngineError(.attribute, "none of the `value…` attributes is given, expected one")
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.constant(.tensor(value))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] { [.tensor(value)] }
}
