import Glibc

/// What `post_transform` does to the scores of a sample.
enum ScoreTransform: String, CaseIterable, Sendable {
    case none = "NONE"
    case softmax = "SOFTMAX"
    case logistic = "LOGISTIC"
    case softmaxZero = "SOFTMAX_ZERO"
    case probit = "PROBIT"

    func apply(_ scores: inout [Double]) {
        switch self {
        case .none: return
        case .logistic: scores = scores.map { 1 / (1 + exp(-$0)) }
        case .softmax, .softmaxZero:
            let largest = scores.max() ?? 0
            let powers = scores.map { score in
                self == .softmaxZero && score.magnitude <= 1e-7 ? 0 : exp(score - largest)
            }
            let sum = powers.reduce(0, +)
            scores = powers.map { sum == 0 ? 0 : $0 / sum }
        case .probit: scores = scores.map { Self.inverseErrorFunction(2 * $0 - 1) * 2.0.squareRoot() }
        }
    }

    /// NUMERICS: Winitzki's approximation, which the ONNX operators are specified by example with.
    private static func inverseErrorFunction(_ x: Double) -> Double {
        let sign = x < 0 ? -1.0 : 1.0
        let logarithm = log((1 - x) * (1 + x))
        let v = 2 / (Double.pi * 0.147) + 0.5 * logarithm
        return sign * (-v + (v * v - logarithm / 0.147).squareRoot()).squareRoot()
    }
}
