import OnnxIR
import Tensors

extension Attention {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1, 2), !node.has(4), !node.has(5), !node.has(6),
            (1...3).allSatisfy({ !node.names(output: $0) }), precision == nil || precision == .float,
            let query = heads(node.shape(0), queryHeads), let key = heads(node.shape(1), heads),
            let value = heads(node.shape(2), heads), let result = node.outputShape()
        else { return false }
        guard query.batch == key.batch, query.batch == value.batch, key.count == value.count, key.rows == value.rows,
            query.size == key.size, query.count % key.count == 0, query.rows * key.rows * query.size * value.size > 0,
            result.elementCount == query.batch * query.count * query.rows * value.size, reach.left == nil,
            reach.right ?? 0 == 0
        else { return false }
        let isFlat = node.shape(0)?.rank == 3
        var kernel = AttentionKernel(
            batches: query.batch,
            heads: query.count,
            keyHeads: key.count,
            queries: query.rows,
            keys: key.rows,
            headSize: query.size,
            valueSize: value.size,
            q: query.strides,
            k: key.strides,
            v: value.strides,
            y: Heads(
                batch: query.batch,
                count: query.count,
                rows: query.rows,
                size: value.size,
                isFlat: isFlat
            ).strides,
            scale: scale ?? 1 / Float(query.size).squareRoot()
        )
        kernel.softcap = softcap
        kernel.isEmptyNaN = spelling == .softmax
        kernel.isCausal = reach.right == 0
        guard let q = node.plain(0), let k = node.plain(1), let v = node.plain(2) else { return false }
        var operands = [q, k, v]
        if node.has(3) {
            guard node.areFloats(3), let mask = node.shape(3), (2...4).contains(mask.rank),
                let strides = Self.maskStrides(mask, [query.batch, query.count, query.rows, key.rows]),
                let bias = node.plain(3)
            else { return false }
            kernel.mask = strides
            operands.append(bias)
        }
        node.emit(kernel.sized(for: node.tables), operands)
        return true
    }

    private struct Heads {
        let batch: Int
        let count: Int
        let rows: Int
        let size: Int
        let isFlat: Bool

        var strides: AttentionKernel.Strides {
            isFlat
                ? AttentionKernel.Strides(batch: rows * count * size, head: size, row: count * size)
                : AttentionKernel.Strides(batch: count * rows * size, head: rows * size, row: size)
        }
    }

    private func heads(_ shape: Shape?, _ count: Int?) -> Heads? {
        guard let shape else { return nil }
        if shape.rank == 4, count == nil || count == shape[1] {
            return Heads(batch: shape[0], count: shape[1], rows: shape[2], size: shape[3], isFlat: false)
        }
        guard shape.rank == 3, let count, count > 0, shape[2] % count == 0 else { return nil }
        return Heads(batch: shape[0], count: count, rows: shape[1], size: shape[2] / count, isFlat: true)
    }

    /// Steps through a mask that broadcasts to batch, heads, queries and keys; `nil` where its last axis repeats.
    private static func maskStrides(_ mask: Shape, _ scores: [Int]) -> AttentionKernel.Strides? {
        let padded = [Int](repeating: 1, count: 4 - mask.rank) + mask.dimensions
        guard padded[3] == scores[3], (0..<3).allSatisfy({ padded[$0] == 1 || padded[$0] == scores[$0] }) else {
            return nil
        }
        let strides = [padded[1] * padded[2] * padded[3], padded[2] * padded[3], padded[3]]
        let steps = (0..<3).map { padded[$0] == 1 ? 0 : strides[$0] }
        return AttentionKernel.Strides(batch: steps[0], head: steps[1], row: steps[2])
    }
}
