import Diagnostics
import OnnxIR
import Tensors

/// `(x - offset) * scale` for each feature.
struct Scaler: Operator {
    let offset: [Float]
    let scale: [Float]

    static let definition = OperatorDefinition("Scaler", domain: .onnxML, since: 1) { node throws(EngineError) in
        Scaler(offset: try node.floats("offset") ?? [0], scale: try node.floats("scale") ?? [1])
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: .float)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.cast(call.tensor(0), to: .float)
        let columns = input.shape.dimensions.last ?? 1
        for (name, values) in [("offset", offset), ("scale", scale)] where values.count != 1 && values.count != columns
        {
            throw EngineError(.attribute, "`\(name)` has \(values.count) elements, expected 1 or \(columns)")
        }
        let source = try input.pointer(Float.self)
        let output = try call.tensor(of: Float.self, input.shape) { target in
            for index in 0..<input.shape.elementCount {
                let column = index % columns
                let shift = offset[offset.count == 1 ? 0 : column]
                target[index] = (source[index] - shift) * scale[scale.count == 1 ? 0 : column]
            }
        }
        withExtendedLifetime(input) {}
        return [.tensor(output)]
    }
}
