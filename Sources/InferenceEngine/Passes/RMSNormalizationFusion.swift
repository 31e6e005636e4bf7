import OnnxIR

extension Passes {
    /// `x / Sqrt(ReduceMean(x²) + epsilon)`, scaled or not, becomes `RMSNormalization`.
    static let rmsNormalization = GraphPass.fusion("rms-normalization", roots: "Mul", "Div") { match in
        guard let output = match.output, match.areFloat(output) else { return nil }
        let product = match.product(of: output)
        guard let root = match.inverseRoot(in: product), let (squares, axes) = match.trailingMean(root.mean) else {
            return nil
        }
        for x in root.others.powers.keys.sorted() {
            guard match.facts(output).shape == match.facts(x).shape,
                let scale = match.scale(in: root.others, beside: x, over: axes),
                match.attempt({ $0.isSquare(squares, of: x) ? true : nil }) != nil
            else { continue }
            let attributes: [String: AttributeValue] = [
                "axis": .int(Int64(-axes.count)), "epsilon": .float(Float(root.epsilon)),
            ]
            return NodeSketch("RMSNormalization", opset: 23, attributes: attributes, [.value(x), scale])
        }
        return nil
    }
}
