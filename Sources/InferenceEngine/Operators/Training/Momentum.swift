/// Steps along a running sum of the gradients, looked at ahead in Nesterov's mode.
struct Momentum: OptimizerRule {
    private enum Mode: String, CaseIterable, Sendable {
        case standard
        case nesterov
    }

    private let alpha: Double
    private let beta: Double
    private let norm: Double
    private let mode: Mode

    static let stateCount = 1
    static let definition = Optimizer.define("Momentum") { node throws(EngineError) in
        let (alpha, beta) = (try node.float("alpha"), try node.float("beta"))
        let norm = try node.float("norm_coefficient")
        let mode = try node.string("mode")
        _ = try node.required("mode", mode)
        return Momentum(
            alpha: Double(try node.required("alpha", alpha)),
            beta: Double(try node.required("beta", beta)),
            norm: Double(try node.required("norm_coefficient", norm)),
            mode: try node.choice("mode", default: .standard)
        )
    }

    func rate(_ rate: Double, iteration: Int) -> Double { rate }

    func step(_ x: inout Double, _ states: inout SIMD2<Double>, gradient: Double, rate: Double, iteration: Int) {
        let gradient = norm * x + gradient
        states[0] = alpha * states[0] + (iteration > 0 ? beta : 1) * gradient
        x -= rate * (mode == .nesterov ? gradient + alpha * states[0] : states[0])
    }
}
