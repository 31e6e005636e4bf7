import Glibc

/// An activation that a recurrent layer may name.
enum RecurrentActivation: Sendable {
    case affine(Double, Double)
    case elu(Double)
    case hardSigmoid(Double, Double)
    case leakyRelu(Double)
    case relu
    case scaledTanh(Double, Double)
    case sigmoid
    case softplus
    case softsign
    case tanh
    case thresholdedRelu(Double)

    /// *Throws*: `attribute` for a name that the standard does not know.
    init(_ name: String, alpha: Float?, beta: Float?) throws(EngineError) {
        let a = alpha.map { Double($0) }
        let b = beta.map { Double($0) }
        switch name.lowercased() {
        case "affine": self = .affine(a ?? 1, b ?? 0)
        case "elu": self = .elu(a ?? 1)
        case "hardsigmoid": self = .hardSigmoid(a ?? 0.2, b ?? 0.5)
        case "leakyrelu": self = .leakyRelu(a ?? 0.01)
        case "relu": self = .relu
        case "scaledtanh": self = .scaledTanh(a ?? 1, b ?? 1)
        case "sigmoid": self = .sigmoid
        case "softplus": self = .softplus
        case "softsign": self = .softsign
        case "tanh": self = .tanh
        case "thresholdedrelu": self = .thresholdedRelu(a ?? 1)
        default: throw .attribute("activations", "`\(name)`", expected: "names such as `Sigmoid` and `Tanh`")
        }
    }

    func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .affine(let alpha, let beta): alpha * x + beta
        case .elu(let alpha): x < 0 ? alpha * expm1(x) : x
        case .hardSigmoid(let alpha, let beta): min(max(alpha * x + beta, 0), 1)
        case .leakyRelu(let alpha): x < 0 ? alpha * x : x
        case .relu: max(0, x)
        case .scaledTanh(let alpha, let beta): alpha * Glibc.tanh(beta * x)
        case .sigmoid: 1 / (1 + exp(-x))
        case .softplus: x > 30 ? x : log1p(exp(x))
        case .softsign: x / (1 + x.magnitude)
        case .tanh: Glibc.tanh(x)
        case .thresholdedRelu(let alpha): x > alpha ? x : 0
        }
    }
}
