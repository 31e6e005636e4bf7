import OnnxIR

extension Passes {
    /// `x · Tanh(Softplus(x))` becomes `Mish`, also with `Log(1 + Exp(x))` in the place of `Softplus`.
    static let mish = GraphPass.fusion("mish", roots: "Mul") { match in
        match.gated { match, gate in
            guard gate.coefficient.isAlmost(1), !gate.divides, let inner = match.argument(of: gate.gate, "Tanh"),
                match.isSoftplus(inner, of: gate.x)
            else { return nil }
            return NodeSketch("Mish", opset: 22, [.value(gate.x)])
        }
    }
}

extension Match {
    /// Whether a value is the `Softplus` of another up to where its exponential leaves the range of `Float`.
    fileprivate mutating func isSoftplus(_ value: ValueID, of x: ValueID) -> Bool {
        if let argument = attempt({ $0.argument(of: value, "Softplus") }) { return argument == x }
        guard let argument = argument(of: value, "Log") else { return false }
        let sum = affine(of: argument)
        return sum.constant.isAlmost(1) && sum.coefficient.isAlmost(1) && self.argument(of: sum.value, "Exp") == x
    }
}
