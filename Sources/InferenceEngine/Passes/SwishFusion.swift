import OnnxIR

extension Passes {
    /// `x · Sigmoid(alpha · x)` becomes `Swish`, or `QuickGelu` where `alpha` is 1.702.
    static let swish = GraphPass.fusion("swish", roots: "Mul", "Div") { match in
        match.gated { match, gate in
            guard let alpha = match.sigmoidArgument(of: gate)?.slope else { return nil }
            let attributes = ["alpha": AttributeValue.float(Float(alpha))]
            guard alpha.isNear(1.702) else {
                return NodeSketch("Swish", opset: 24, attributes: attributes, [.value(gate.x)])
            }
            return NodeSketch("QuickGelu", domain: .microsoft, opset: 1, attributes: attributes, [.value(gate.x)])
        }
    }
}
