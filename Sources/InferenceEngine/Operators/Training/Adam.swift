import Glibc

/// Steps by running means of the gradients and of their squares.
struct Adam: OptimizerRule {
    private let alpha: Double
    private let beta: Double
    private let epsilon: Double
    private let norm: Double
    private let normAfterwards: Double

    static let stateCount = 2
    static let definition = Optimizer.define("Adam") { node throws(EngineError) in
        Adam(
            alpha: Double(try node.float("alpha", default: 0.9)),
            beta: Double(try node.float("beta", default: 0.999)),
            epsilon: Double(try node.float("epsilon", default: 1e-6)),
            norm: Double(try node.float("norm_coefficient", default: 0)),
            normAfterwards: Double(try node.float("norm_coefficient_post", default: 0))
        )
    }

    func rate(_ rate: Double, iteration: Int) -> Double {
        guard iteration > 0 else { return rate }
        return rate * (1 - pow(beta, Double(iteration))).squareRoot() / (1 - pow(alpha, Double(iteration)))
    }

    func step(_ x: inout Double, _ states: inout SIMD2<Double>, gradient: Double, rate: Double, iteration: Int) {
        let gradient = norm * x + gradient
        states[0] = alpha * states[0] + (1 - alpha) * gradient
        states[1] = beta * states[1] + (1 - beta) * gradient * gradient
        x = (1 - normAfterwards) * (x - rate * states[0] / (states[1].squareRoot() + epsilon))
    }
}
