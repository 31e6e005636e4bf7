import Diagnostics
import OnnxIR
import Tensors

/// Rows of queries or keys turned by angles that grow with their positions.
///
/// `scale` and `is_packed_batching` change nothing on the CPU.
struct MicrosoftRotaryEmbedding: Operator {
    private let isInterleaved: Bool
    /// How many heads share a row; `nil` when the tables tell.
    private let headCount: Int?
    /// How many numbers of a head are turned; all, where it is `nil`.
    private let turnedSize: Int?

    static let definition = OperatorDefinition("RotaryEmbedding", domain: .microsoft, since: 1, halves: .widened) {
        node throws(EngineError) in
        let heads = try node.int("num_heads", default: 0)
        let turned = try node.int("rotary_embedding_dim", default: 0)
        guard heads >= 0, heads <= 1 << 24 else { throw .attribute("num_heads", heads, expected: "0 to \(1 << 24)") }
        guard turned == 0 || turned > 0 && heads > 0 else {
            throw .attribute("rotary_embedding_dim", turned, expected: "0, or a positive number beside `num_heads`")
        }
        return MicrosoftRotaryEmbedding(
            isInterleaved: try node.bool("interleaved", default: false),
            headCount: heads == 0 ? nil : heads,
            turnedSize: turned == 0 ? nil : turned
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let shape = input.shape
        let table = try RotaryTable(call.tensor(2), call.tensor(3), isInterleaved: isInterleaved)
        guard shape.rank == 3 || shape.rank == 4 else {
            throw EngineError(.shape, "the input has shape \(shape), expected 3 or 4 axes")
        }
        // A row of 3 axes holds all heads; of 4 axes the second tells the heads.
        let isByHead = shape.rank == 4
        let length = shape[shape.rank - 2]
        let size = try isByHead ? shape[3] : headSize(shape[2], table)
        guard turnedSize ?? size == 2 * table.pairCount, 2 * table.pairCount <= size else {
            throw EngineError(
                .shape,
                "`cos_cache` has \(table.pairCount) columns, expected half of \(turnedSize ?? size)"
            )
        }
        let positions = try positions(call.tensor(1), samples: shape[0], length: length)
        for position in positions { try table.check(position) }
        let source = try input.pointer(Float.self)
        let output = try call.tensor(of: Float.self, shape) { target in
            target.update(from: source, count: shape.elementCount)
            guard size > 0 else { return }
            let heads = isByHead ? shape[1] : shape[2] / size
            for row in 0..<shape.elementCount / size {
                let sample = row / (heads * length)
                let place = isByHead ? row % length : row / heads % length
                table.turn(target + row &* size, at: positions[sample * length + place])
            }
        }
        return [.tensor(output)]
    }

    private func headSize(_ columns: Int, _ table: RotaryTable) throws(EngineError) -> Int {
        let size = headCount.map { columns / $0 } ?? 2 * table.pairCount
        guard size == 0 ? columns == 0 : columns.isMultiple(of: size), headCount.map({ $0 * size == columns }) ?? true
        else {
            throw EngineError(.shape, "the input has \(columns) columns, expected a multiple of \(headCount ?? size)")
        }
        return size
    }

    /// The position of each row: given one by one, or by that of the first.
    private func positions(_ tensor: Tensor, samples: Int, length: Int) throws(EngineError) -> [Int] {
        let given = try tensor.integers("`position_ids`")
        if tensor.shape.rank == 2, tensor.shape.dimensions == [samples, length] { return given }
        guard tensor.shape.rank < 2, given.count == 1 else {
            throw EngineError(
                .shape,
                "`position_ids` has shape \(tensor.shape), expected [1] or [\(samples), \(length)]"
            )
        }
        return (0..<samples * length).map { given[0] &+ $0 % length }
    }
}
