import OnnxIR
import Tensors

/// Each row divided by its norm; a row of zeros stays one.
struct Normalizer: Operator {
    private enum Norm: String, CaseIterable, Sendable {
        case max = "MAX"
        case l1 = "L1"
        case l2 = "L2"
    }

    private let norm: Norm

    static let definition = OperatorDefinition("Normalizer", domain: .onnxML, since: 1) { node throws(EngineError) in
        Normalizer(norm: try node.choice("norm", default: .max))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: .float)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.cast(call.tensor(0), to: .float)
        let columns = input.shape.dimensions.last ?? 1
        let source = try input.pointer(Float.self)
        let output = try call.tensor(of: Float.self, input.shape) { target in
            for row in 0..<(columns == 0 ? 0 : input.shape.elementCount / columns) {
                let x = UnsafeBufferPointer(start: source + row * columns, count: columns)
                let size: Float =
                    switch norm {
                    case .max: x.max() ?? 1
                    case .l1: x.reduce(0) { $0 + $1.magnitude }
                    case .l2: x.reduce(0) { $0 + $1 * $1 }.squareRoot()
                    }
                for column in 0..<columns { target[row * columns + column] = size == 0 ? x[column] : x[column] / size }
            }
        }
        withExtendedLifetime(input) {}
        return [.tensor(output)]
    }
}
