/// Steps that become smaller the larger the gradients were so far.
struct Adagrad: OptimizerRule {
    private let decay: Double
    private let epsilon: Double
    private let norm: Double

    static let stateCount = 1
    static let definition = Optimizer.define("Adagrad") { node throws(EngineError) in
        Adagrad(
            decay: Double(try node.float("decay_factor", default: 0)),
            epsilon: Double(try node.float("epsilon", default: 1e-6)),
            norm: Double(try node.float("norm_coefficient", default: 0))
        )
    }

    func rate(_ rate: Double, iteration: Int) -> Double { rate / (1 + Double(iteration) * decay) }

    func step(_ x: inout Double, _ states: inout SIMD2<Double>, gradient: Double, rate: Double, iteration: Int) {
        let gradient = norm * x + gradient
        states[0] += gradient * gradient
        x -= rate * gradient / (states[0].squareRoot() + epsilon)
    }
}
