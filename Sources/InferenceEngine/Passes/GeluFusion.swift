import Glibc
import OnnxIR

extension Passes {
    /// `0.5 · x · (1 + Erf(x / √2))`, and the same with `Tanh(√(2/π) · (x + 0.044715 · x³))`, become `Gelu`.
    ///
    /// *Source*: exports of PyTorch, Keras and JAX, which differ in order and in which constants divide or multiply.
    static let gelu = GraphPass.fusion("gelu", roots: "Mul", "Div") { match in
        match.gated { match, gate in
            guard let approximation = approximation(of: gate, &match) else { return nil }
            return NodeSketch(
                "Gelu",
                opset: 20,
                attributes: ["approximate": .string(approximation.rawValue)],
                [.value(gate.x)]
            )
        }
    }

    private static let tanhPolynomial = [0, (2 / Double.pi).squareRoot(), 0, (2 / Double.pi).squareRoot() * 0.044715]

    private static func approximation(of gate: Gate, _ match: inout Match) -> Gelu.Approximation? {
        // The sigmoid of twice a number is `(1 + tanh) / 2`.
        let sigmoid = match.attempt { $0.sigmoidArgument(of: gate) }
        if let sigmoid { return sigmoid.isNear(tanhPolynomial.map { 2 * $0 }) ? .tanh : nil }
        guard !gate.divides else { return nil }
        let sum = match.affine(of: gate.gate)
        let slope = gate.coefficient * sum.coefficient
        guard (gate.coefficient * sum.constant).isAlmost(0.5), slope.magnitude.isAlmost(0.5) else { return nil }
        let sign: Double = slope < 0 ? -1 : 1
        if let argument = match.attempt({ $0.argument(of: sum.value, "Erf") }) {
            let polynomial = match.polynomial(of: argument, in: gate.x)
            return polynomial?.isNear([0, sign * 0.5.squareRoot(), 0, 0]) == true ? Gelu.Approximation.none : nil
        }
        guard let argument = match.argument(of: sum.value, "Tanh"),
            let polynomial = match.polynomial(of: argument, in: gate.x)
        else { return nil }
        return polynomial.isNear(tanhPolynomial.map { sign * $0 }) ? .tanh : nil
    }
}
