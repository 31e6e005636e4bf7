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
        let input = try call.tensor(0)
        // NUMERICS: large integers and doubles differ by less than `float` tells apart, until the offset is taken off.
        guard input.elementType == .float else {
            return [.tensor(try call.cast(scaled(call.cast(input, to: .double), Double.self, call), to: .float))]
        }
        return [.tensor(try scaled(input, Float.self, call))]
    }

    private func scaled<Element: RealElement>(
        _ input: Tensor,
        _ type: Element.Type,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let columns = input.shape.dimensions.last ?? 1
        for (name, values) in [("offset", offset), ("scale", scale)] where values.count != 1 && values.count != columns
        {
            throw EngineError(.attribute, "`\(name)` has \(values.count) elements, expected 1 or \(columns)")
        }
        let source = try input.pointer(type)
        defer { withExtendedLifetime(input) {} }
        return try call.tensor(of: type, input.shape) { target in
            for index in 0..<input.shape.elementCount {
                let column = index % columns
                let shift = Element(offset[offset.count == 1 ? 0 : column])
                target[index] = (source[index] - shift) * Element(scale[scale.count == 1 ? 0 : column])
            }
        }
    }
}
