import CKernels
import OnnxIR
import Tensors

extension Transpose {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.elementByteCount(0), let shape = node.shape(0), let result = node.outputShape(),
            shape.rank <= Int(CK_MOVEMENT_RANK)
        else { return false }
        let order = order ?? Array(0..<shape.rank).reversed()
        guard order.sorted() == Array(0..<shape.rank), result.dimensions == order.map({ shape[$0] }),
            let input = node.plain(0)
        else { return false }
        // Only axes of extent 1 change places: the elements stay where they are.
        let moved = order.filter { shape[$0] != 1 }
        guard moved != moved.sorted() else {
            node.emitView(of: input)
            return true
        }
        node.emit(PermuteKernel(elementByteCount: size, sizes: shape.dimensions, order: order), [input])
        return true
    }
}

extension Concat {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.elementByteCount(0), let result = node.outputShape(),
            let axis = normalizedAxis(axis, rank: result.rank), let type = node.elementType(0)
        else { return false }
        var shapes: [Shape] = []
        for index in 0..<node.inputCount {
            guard node.elementType(index) == type, let shape = node.shape(index), shape.rank == result.rank,
                shape.dimensions.enumerated().allSatisfy({ $0.offset == axis || $0.element == result[$0.offset] })
            else { return false }
            shapes.append(shape)
        }
        guard shapes.reduce(0, { $0 + $1[axis] }) == result[axis], result.elementCount > 0 else { return false }
        let isBlocked =
            axis == 1 && shapes.indices.allSatisfy { node.isBlocked($0) && shapes[$0][1] % Layout.blockLength == 0 }
        var inputs: [DraftValue] = []
        for index in shapes.indices {
            guard let input = isBlocked ? node.blocked(index) : node.plain(index) else { return false }
            inputs.append(input)
        }
        let outer = result.dimensions[..<axis].reduce(1, *)
        let inner = result.dimensions[(axis + 1)...].reduce(1, *)
        var boxes: [BoxKernel.Box] = []
        var start = 0
        for (index, shape) in shapes.enumerated() where shape[axis] > 0 {
            let length = shape[axis] * inner
            guard
                let copy = ck_copy(
                    elementByteCount: size,
                    sizes: [outer, length],
                    from: [length, 1],
                    to: [result[axis] * inner, 1]
                )
            else { return false }
            boxes.append(
                BoxKernel.Box(input: index, fromByteOffset: 0, toByteOffset: start * inner * size, copy: copy)
            )
            start += shape[axis]
        }
        node.emit(
            BoxKernel(name: "concat", boxes: boxes, joinsWholeInputs: outer == 1),
            inputs,
            layout: isBlocked ? .blocked : .plain
        )
        return true
    }
}

extension Split {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.elementByteCount(0), let shape = node.shape(0), shape.elementCount > 0,
            let axis = normalizedAxis(axis, rank: shape.rank), (0..<count).allSatisfy({ node.outputShape($0) != nil })
        else { return false }
        var start = 0
        var boxes: [BoxKernel.Box] = []
        let outer = shape.dimensions[..<axis].reduce(1, *)
        let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
        for index in 0..<count {
            guard let piece = node.outputShape(index), piece.rank == shape.rank,
                piece.dimensions.enumerated().allSatisfy({ $0.offset == axis || $0.element == shape[$0.offset] }),
                let copy = ck_copy(
                    elementByteCount: size,
                    sizes: [outer, piece[axis] * inner],
                    from: [shape[axis] * inner, 1],
                    to: [piece[axis] * inner, 1]
                )
            else { return false }
            boxes.append(
                BoxKernel.Box(output: index, fromByteOffset: start * inner * size, toByteOffset: 0, copy: copy)
            )
            start += piece[axis]
        }
        guard start == shape[axis], let input = node.plain(0) else { return false }
        node.emit(BoxKernel(name: "split", boxes: boxes), [input], outputs: count)
        return true
    }
}

extension Slice {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.elementByteCount(0), let shape = node.shape(0), shape.elementCount > 0,
            let result = node.outputShape(), result.elementCount > 0, result.rank == shape.rank,
            !node.has(3) || node.integers(3) != nil, !node.has(4) || node.integers(4) != nil,
            let parts = parts(
                of: shape,
                starts: node.integers(1),
                ends: node.integers(2),
                axes: node.integers(3),
                steps: node.integers(4)
            ),
            result.dimensions == parts.map(\.count)
        else { return false }
        let strides = shape.strides
        let offset = zip(parts, strides).reduce(0) { $0 + $1.0.first * $1.1 }
        guard
            let copy = ck_copy(
                elementByteCount: size,
                sizes: result.dimensions,
                from: zip(parts, strides).map { $0.step * $1 },
                to: result.strides
            ), let input = node.plain(0)
        else { return false }
        let box = BoxKernel.Box(fromByteOffset: offset * size, toByteOffset: 0, copy: copy)
        node.emit(BoxKernel(name: "slice", boxes: [box]), [input])
        return true
    }
}

extension Expand {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.elementByteCount(0), let shape = node.shape(0), let result = node.outputShape(),
            let target = node.integers(1), let wanted = target.contains(where: { $0 < 0 }) ? nil : Shape(target),
            shape.broadcast(with: wanted) == result, result.elementCount > 0
        else { return false }
        let padding = result.rank - shape.rank
        let strides = shape.strides
        let from = (0..<result.rank).map { $0 < padding || shape[$0 - padding] == 1 ? 0 : strides[$0 - padding] }
        guard let copy = ck_copy(elementByteCount: size, sizes: result.dimensions, from: from, to: result.strides),
            let input = node.plain(0)
        else { return false }
        let box = BoxKernel.Box(fromByteOffset: 0, toByteOffset: 0, copy: copy)
        node.emit(BoxKernel(name: "expand", boxes: [box]), [input])
        return true
    }
}

extension Gather {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.elementByteCount(0), let shape = node.shape(0), let indices = node.shape(1),
            let type = node.elementType(1), type == .int64 || type == .int32, shape.elementCount > 0,
            let axis = normalizedAxis(axis, rank: shape.rank), let result = node.outputShape()
        else { return false }
        if axis == 1, node.lowerChannelPick() { return true }
        guard result.dimensions == shape.dimensions[..<axis] + indices.dimensions + shape.dimensions[(axis + 1)...],
            let input = node.bytes(0), let positions = node.plain(1)
        else { return false }
        node.emit(
            GatherKernel(
                outer: shape.dimensions[..<axis].reduce(1, *),
                rows: shape[axis],
                rowByteCount: shape.dimensions[(axis + 1)...].reduce(1, *) * size,
                count: indices.elementCount,
                indexType: type
            ),
            [input, positions]
        )
        return true
    }
}

extension Where {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.elementType(0) == .bool, node.areFloats(1, 2), let condition = node.shape(0),
            let first = node.shape(1), let second = node.shape(2),
            let broadcast = BroadcastShape([condition, first, second]), broadcast.result == node.outputShape(),
            let c = node.plain(0), let a = node.plain(1), let b = node.plain(2)
        else { return false }
        node.emit(WhereKernel(shape: broadcast), [c, a, b])
        return true
    }
}
