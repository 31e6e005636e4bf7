import OnnxIR
import Tensors

extension Passes {
    /// The greatest of quantised values is the quantised greatest of the values, before `DequantizeLinear` or behind it.
    static let quantizedMaxPool = GraphPass.fusion("quantized-max-pool", roots: "MaxPool") { match in
        let real = match.maker(of: match.node.input(0), "DequantizeLinear")
        let numbers = real.map { $0.input(0) } ?? match.node.input(0)
        guard let node = match.maker(of: numbers, "QuantizeLinear"), let x = node.input(0), match.areFloat(x),
            let scale = node.input(1), match.areFloat(scale), let operation = node.operation as? QuantizeLinear,
            operation.precision == nil, [node.input(1), node.input(2)].allSatisfy({ match.isNumber($0) }),
            let type = numbers.flatMap({ match.facts($0).elementType }), type == .uint8 || type == .int8
        else { return nil }
        let parameters = node.inputs.dropFirst().map { $0.map { NodeSketch.Operand.value($0) } ?? .absent }
        let pool = NodeSketch("MaxPool", opset: match.node.version, attributes: match.node.attributes, [.value(x)])
        let quantized = NodeSketch(
            "QuantizeLinear",
            opset: node.version,
            attributes: node.attributes,
            [.node(pool)] + parameters
        )
        guard let real else { return quantized }
        guard real.input(1) == scale, real.input(2) == node.input(2), match.areFloat(match.output) else { return nil }
        return NodeSketch(
            "DequantizeLinear",
            opset: real.version,
            attributes: real.attributes,
            [.node(quantized)] + parameters
        )
    }
}

extension Match {
    /// Whether a value is a single number, or left out.
    fileprivate func isNumber(_ value: ValueID?) -> Bool {
        value.map { facts($0).fixedShape?.elementCount == 1 } ?? true
    }
}
