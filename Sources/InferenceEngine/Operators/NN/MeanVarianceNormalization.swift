import OnnxIR
import Tensors

/// Elements brought to mean 0 and variance 1 over some axes.
struct MeanVarianceNormalization: Operator {
    let axes: [Int]

    static let definition = OperatorDefinition("MeanVarianceNormalization", since: 9, 13, halves: .widened) {
        node throws(EngineError) in
        MeanVarianceNormalization(axes: try node.ints("axes") ?? [0, 2, 3])
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.cast(call.tensor(0), to: .double)
        let axes = try checkedAxes(axes, rank: input.shape.rank)
        let walk = ReductionWalk(input.shape, axes: axes, keepsAxes: true)
        let source = try input.pointer(Double.self)
        let count = Double(walk.reduced.count)
        let result = try call.tensor(of: Double.self, input.shape) { target in
            for start in walk.kept {
                var (sum, squares) = (0.0, 0.0)
                for step in walk.reduced { sum += source[start + step] }
                for step in walk.reduced {
                    squares += (source[start + step] - sum / count) * (source[start + step] - sum / count)
                }
                // NUMERICS: the ONNX operator adds 1e-9 to the deviation, not to the variance.
                let deviation = (squares / count).squareRoot() + 1e-9
                for step in walk.reduced { target[start + step] = (source[start + step] - sum / count) / deviation }
            }
        }
        withExtendedLifetime(input) {}
        return [.tensor(try call.cast(result, to: call.tensor(0).elementType))]
    }
}
