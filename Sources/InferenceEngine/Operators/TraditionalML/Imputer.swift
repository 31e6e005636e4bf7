import Diagnostics
import OnnxIR
import Tensors

/// Elements that stand for a missing one replaced, by one number or by one for each feature.
struct Imputer: Operator {
    /// The values to put in, and the one that they replace.
    private enum Replacement: Sendable {
        case floats([Float], Float)
        case integers([Int], Int)
    }

    private let replacement: Replacement

    static let definition = OperatorDefinition("Imputer", domain: .onnxML, since: 1) { node throws(EngineError) in
        let floats = try node.floats("imputed_value_floats") ?? []
        let integers = try node.ints("imputed_value_int64s") ?? []
        guard floats.isEmpty != integers.isEmpty else {
            throw EngineError(
                .attribute,
                "both or none of `imputed_value_floats` and `imputed_value_int64s` are given, expected one"
            )
        }
        guard floats.isEmpty else {
            return Imputer(replacement: .floats(floats, try node.float("replaced_value_float", default: 0)))
        }
        return Imputer(replacement: .integers(integers, try node.int("replaced_value_int64", default: 0)))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let result: Tensor
        switch (replacement, input.elementType) {
        case (.floats(let values, let missing), .float): result = try replaced(input, missing, values, call)
        case (.floats(let values, let missing), .double):
            result = try replaced(input, Double(missing), values.map { Double($0) }, call)
        case (.integers(let values, let missing), .int64):
            result = try replaced(input, Int64(missing), values.map { Int64($0) }, call)
        case (.integers(let values, let missing), .int32):
            // A number beyond the type replaces nothing.
            guard let missing = Int32(exactly: missing) else { return [.tensor(input)] }
            result = try replaced(input, missing, values.map { Int32(truncatingIfNeeded: $0) }, call)
        case (.floats, _): throw .input(input, expected: "floats, as the imputed values are")
        case (.integers, _): throw .input(input, expected: "integers, as the imputed values are")
        }
        return [.tensor(result)]
    }

    private func replaced<Element: TensorElement & Equatable>(
        _ input: Tensor,
        _ missing: Element,
        _ values: [Element],
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let columns = input.shape.dimensions.last ?? 1
        guard values.count == 1 || values.count == columns else {
            throw EngineError(.attribute, "there are \(values.count) imputed values, expected 1 or \(columns)")
        }
        // NaN alone differs from itself.
        let isMissingNaN = missing != missing
        let source = try input.pointer(Element.self)
        return try call.tensor(of: Element.self, input.shape) { target in
            for index in 0..<input.shape.elementCount {
                let value = source[index]
                let isMissing = isMissingNaN ? value != value : value == missing
                target[index] = isMissing ? values[values.count == 1 ? 0 : index % columns] : value
            }
        }
    }
}
