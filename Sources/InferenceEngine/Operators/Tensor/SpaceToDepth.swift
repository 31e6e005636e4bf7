import Diagnostics
import OnnxIR
import Tensors

/// Blocks of the two last axes moved into the channels, in one of two orders.
struct SpaceToDepth: Operator {
    private enum Mode: String, CaseIterable, Sendable {
        case depthFirst = "DCR"
        case columnFirst = "CRD"
    }

    let size: Int
    private let mode: Mode

    static let definition = OperatorDefinition("SpaceToDepth", since: 1, 13, 28) { node throws(EngineError) in
        SpaceToDepth(size: try node.blockSize(), mode: try node.choice("mode", default: .depthFirst))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), shape.count == 4 else { return [.tensor(inputs.elementType())] }
        let channels = shape[1].times(size * size)
        return [
            .tensor(inputs.elementType(), [shape[0], channels, shape[2].map { $0 / size }, shape[3].map { $0 / size }])
        ]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let d = input.shape.dimensions
        guard d.count == 4, d[2] % size == 0, d[3] % size == 0 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected images of whole blocks of \(size)")
        }
        let (sizes, order) = arrangement(of: d)
        let moved = try call.transposed(input.with(shape: try call.shape(sizes)), order)
        return [.tensor(try moved.with(shape: try call.shape([d[0], d[1] * size * size, d[2] / size, d[3] / size])))]
    }

    /// The sizes that an input is seen in, and the order that its axes get.
    func arrangement(of d: [Int]) -> (sizes: [Int], order: [Int]) {
        let order = mode == .depthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]
        return ([d[0], d[1], d[2] / size, size, d[3] / size, size], order)
    }
}

extension NodeContext {
    /// `blocksize`, which is at least 1.
    func blockSize() throws(EngineError) -> Int {
        let size = try required("blocksize", int("blocksize"))
        guard size > 0, size <= 1 << 20 else { throw .attribute("blocksize", size, expected: "1 to \(1 << 20)") }
        return size
    }
}
