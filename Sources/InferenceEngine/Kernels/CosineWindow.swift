import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// A window that is a sum of cosines: `a₀ - a₁ cos x + a₂ cos 2x` over one turn.
struct CosineWindow: Operator {
    private let coefficients: [Double]
    private let isPeriodic: Bool
    private let elementType: ElementType

    static func define(_ name: String, _ coefficients: [Double]) -> OperatorDefinition {
        OperatorDefinition(name, since: 17) { node throws(EngineError) in
            CosineWindow(
                coefficients: coefficients,
                isPeriodic: try node.bool("periodic", default: true),
                elementType: try node.elementType("output_datatype") ?? .float
            )
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(elementType, [inputs[0].extents?.first.map { $0.extent ?? 0 < 0 ? .unknown : $0 } ?? .unknown])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        guard let length = try call.integers(0)?.first else {
            throw EngineError(.shape, "the length is empty, expected a scalar")
        }
        let turn = Double(isPeriodic ? length : length - 1)
        let window = try call.tensor(of: Double.self, call.shape([length])) { target in
            for index in 0..<length {
                let angle = 2 * Double.pi * Double(index) / turn
                var sum = 0.0
                for (order, coefficient) in coefficients.enumerated() {
                    sum += (order % 2 == 0 ? coefficient : -coefficient) * cos(Double(order) * angle)
                }
                // NUMERICS: a symmetric window of one element has no turn; its only element is the middle.
                target[index] = turn > 0 ? sum : 1
            }
        }
        return [.tensor(try call.cast(window, to: elementType))]
    }
}
