import CKernels
import OnnxIR
import Tensors

extension Attention {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1, 2), node.has(4) == node.has(5), !node.has(6), !node.names(output: 3),
            precision == nil || precision == .float, let query = heads(node.shape(0), queryHeads),
            let newKey = heads(node.shape(1), heads), let newValue = heads(node.shape(2), heads),
            let result = node.outputShape(), let key = whole(newKey, past: 4, present: 1, node),
            let value = whole(newValue, past: 5, present: 2, node)
        else { return false }
        guard query.batch == key.batch, query.batch == value.batch, key.count == value.count, key.rows == value.rows,
            query.size == key.size, query.count % key.count == 0, query.rows * key.rows * query.size * value.size > 0,
            result.elementCount == query.batch * query.count * query.rows * value.size,
            reach.right == 0 || reach.right == nil && reach.left == nil
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
        kernel.causalOffset = key.rows - newKey.rows
        kernel.window = reach.left.map { min($0, 1 << 40) + 1 } ?? 0
        guard let q = node.plain(0), let k = cached(newKey, input: 1, past: 4, present: 1, &node),
            let v = cached(newValue, input: 2, past: 5, present: 2, &node)
        else { return false }
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

        var shape: Shape? { Shape([batch, count, rows, size]) }

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

    /// Keys or values with those of the past before them: as they come where there are none and nobody asks for them.
    private func whole(_ new: Heads, past: Int, present: Int, _ node: Lowering) -> Heads? {
        var rows = new.rows
        if node.has(past) {
            guard node.areFloats(past), let shape = node.shape(past), shape.rank == 4, shape[0] == new.batch,
                shape[1] == new.count, shape[3] == new.size
            else { return nil }
            rows += shape[2]
        } else if !node.names(output: present) {
            return new
        }
        let whole = Heads(batch: new.batch, count: new.count, rows: rows, size: new.size, isFlat: false)
        return !node.names(output: present) || node.outputShape(present) == whole.shape ? whole : nil
    }

    /// The operand that `whole` describes.
    private func cached(_ new: Heads, input: Int, past: Int, present: Int, _ node: inout Lowering) -> DraftValue? {
        guard let whole = whole(new, past: past, present: present, node), let rows = node.plain(input),
            node.has(past) || node.names(output: present)
        else { return node.plain(input) }
        let size = MemoryLayout<Float>.stride
        let pastLength = (whole.rows - new.rows) * new.size
        let lines = new.batch * new.count
        var inputs = [rows]
        guard let shape = whole.shape,
            let added = ck_copy(
                elementByteCount: size,
                sizes: [new.batch, new.count, new.rows, new.size],
                from: [new.strides.batch, new.strides.head, new.strides.row, 1],
                to: [whole.strides.batch, whole.strides.head, whole.strides.row, 1]
            ),
            let before = ck_copy(
                elementByteCount: size,
                sizes: [lines, pastLength],
                from: [pastLength, 1],
                to: [whole.strides.head, 1]
            )
        else { return nil }
        var boxes = [BoxKernel.Box(fromByteOffset: 0, toByteOffset: pastLength * size, copy: added)]
        if pastLength > 0, let cache = node.plain(past) {
            inputs.append(cache)
            boxes.append(BoxKernel.Box(input: 1, fromByteOffset: 0, toByteOffset: 0, copy: before))
        }
        let kernel = BoxKernel(name: "cache", boxes: boxes)
        guard node.names(output: present) else { return node.emitInner(kernel, inputs, .float, shape) }
        node.emit(kernel, inputs, outputs: present..<present + 1)
        return node.made(present)
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
