import OnnxIR

extension Passes {
    /// `Relu(x) + Log(1 + Exp(-Abs(x)))`, as it is spelled where large numbers must not overflow, becomes `Softplus`.
    ///
    /// NUMERICS: `Log(1 + Exp(x))` stays as it is, for it is infinite where `Softplus` is not.
    static let softplus = GraphPass.fusion("softplus", roots: "Add") { match in
        guard match.areFloat(match.output) else { return nil }
        return match.commuted(match.node) { match, positive, rest in
            guard let x = match.positivePart(positive), let argument = match.argument(of: rest, "Log") else {
                return nil
            }
            let sum = match.affine(of: argument)
            guard sum.constant.isAlmost(1), sum.coefficient.isAlmost(1),
                let exponent = match.argument(of: sum.value, "Exp")
            else { return nil }
            let negated = match.affine(of: exponent)
            guard negated.constant == 0, negated.coefficient.isAlmost(-1), match.argument(of: negated.value, "Abs") == x
            else { return nil }
            return NodeSketch("Softplus", opset: 22, [.value(x)])
        }
    }
}

extension Match {
    /// The value whose positive part another one is: by `Relu(x)` or `Max(x, 0)`.
    fileprivate mutating func positivePart(_ value: ValueID) -> ValueID? {
        if let x = attempt({ $0.argument(of: value, "Relu") }) { return x }
        guard let node = maker(of: value, "Max") else { return nil }
        return commuted(node) { match, x, zero in match.index.scalar(zero, beside: x) == 0 ? x : nil }
    }
}
