import Diagnostics
import OnnxIR
import Tensors

/// Channels moved into blocks of the two last axes, in one of two orders.
struct DepthToSpace: Operator {
    private enum Mode: String, CaseIterable, Sendable {
        case depthFirst = "DCR"
        case columnFirst = "CRD"
    }

    let size: Int
    private let mode: Mode

    static let definition = OperatorDefinition("DepthToSpace", since: 1, 11, 13, 28) { node throws(EngineError) in
        DepthToSpace(size: try node.blockSize(), mode: try node.choice("mode", default: .depthFirst))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), shape.count == 4 else { return [.tensor(inputs.elementType())] }
        let channels = shape[1].map { $0 / (size * size) }
        return [.tensor(inputs.elementType(), [shape[0], channels, shape[2].times(size), shape[3].times(size)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let d = input.shape.dimensions
        guard d.count == 4, d[1] % (size * size) == 0 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected a multiple of \(size * size) channels")
        }
        let (sizes, order) = arrangement(of: d)
        let moved = try call.transposed(input.with(shape: try call.shape(sizes)), order)
        let shape = try call.shape([d[0], d[1] / (size * size), d[2] * size, d[3] * size])
        return [.tensor(try moved.with(shape: shape))]
    }

    /// The sizes that an input is seen in, and the order that its axes get.
    func arrangement(of d: [Int]) -> (sizes: [Int], order: [Int]) {
        let channels = d[1] / (size * size)
        return mode == .depthFirst
            ? ([d[0], size, size, channels, d[2], d[3]], [0, 3, 4, 1, 5, 2])
            : ([d[0], channels, size, size, d[2], d[3]], [0, 1, 4, 2, 5, 3])
    }
}
