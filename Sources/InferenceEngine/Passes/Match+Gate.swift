/// `coefficient · x · gate`, in which the gate is a function of `x`.
struct Gate {
    let coefficient: Double
    let x: ValueID
    let gate: ValueID
    /// Whether `x` is divided by the gate.
    let divides: Bool
}

extension Match {
    /// Tries the pattern's product as `x` and its gate, whichever of its two factors is which.
    mutating func gated<Result>(_ body: (inout Match, Gate) -> Result?) -> Result? {
        guard let output, areFloat(output) else { return nil }
        let product = product(of: output)
        let factors = product.powers.sorted { $0.key < $1.key }
        guard factors.count == 2, Set(factors.map(\.value)).isSubset(of: [1, -1]) else { return nil }
        for (x, gate) in [(factors[0], factors[1]), (factors[1], factors[0])] where x.value == 1 {
            let candidate = Gate(
                coefficient: product.coefficient,
                x: x.key,
                gate: gate.key,
                divides: gate.value == -1
            )
            if let result = attempt({ body(&$0, candidate) }) { return result }
        }
        return nil
    }

    /// The polynomial of which a gate, without its coefficient, is the sigmoid: `Sigmoid(p)` or `1 / (1 + Exp(-p))`.
    mutating func sigmoidArgument(of gate: Gate) -> [Double]? {
        guard gate.coefficient.isAlmost(1) else { return nil }
        if !gate.divides {
            guard let argument = argument(of: gate.gate, "Sigmoid") else { return nil }
            return polynomial(of: argument, in: gate.x)
        }
        let sum = affine(of: gate.gate)
        guard sum.constant.isAlmost(1), sum.coefficient.isAlmost(1),
            let argument = argument(of: sum.value, "Exp"), let polynomial = polynomial(of: argument, in: gate.x)
        else { return nil }
        return polynomial.map { -$0 }
    }
}
