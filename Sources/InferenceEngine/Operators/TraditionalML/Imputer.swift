import Diagnostics
import OnnxIR
import Tensors

/// Elements that stand for a missing one replaced, by one number or by one for each feature.
struct Imputer: Operator {
    let replacements: [Double]
    let missing: Double

    static let definition = OperatorDefinition("Imputer", domain: .onnxML, since: 1) { node throws(EngineError) in
        if let floats = try node.floats("imputed_value_floats") {
            let missing = try node.float("replaced_value_float", default: 0)
            return Imputer(replacements: floats.map { Double($0) }, missing: Double(missing))
        }
        let ints = try node.required("imputed_value_floats", node.ints("imputed_value_int64s"))
        let missing = try node.int("replaced_value_int64", default: 0)
        return Imputer(replacements: ints.map { Double($0) }, missing: Double(missing))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let columns = input.shape.dimensions.last ?? 1
        guard replacements.count == 1 || replacements.count == columns else {
            throw EngineError(.attribute, "there are \(replacements.count) imputed values, expected 1 or \(columns)")
        }
        let numbers = try call.cast(input, to: .double)
        let source = try numbers.pointer(Double.self)
        let result = try call.tensor(of: Double.self, input.shape) { target in
            for index in 0..<input.shape.elementCount {
                let isMissing = missing.isNaN ? source[index].isNaN : source[index] == missing
                target[index] =
                    isMissing ? replacements[replacements.count == 1 ? 0 : index % columns] : source[index]
            }
        }
        withExtendedLifetime(numbers) {}
        return [.tensor(try call.cast(result, to: input.elementType))]
    }
}
