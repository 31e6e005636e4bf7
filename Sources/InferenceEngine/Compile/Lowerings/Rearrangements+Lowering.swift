import CKernels
import OnnxIR
import Tensors

extension Pad {
    func lower(_ node: inout Lowering) -> Bool {
        guard mode == .constant, let size = node.elementByteCount(0), let shape = node.shape(0),
            shape.elementCount > 0, shape.rank <= Int(CK_MOVEMENT_RANK), let result = node.outputShape(),
            result.rank == shape.rank, result.elementCount > 0, !node.has(3) || node.integers(3) != nil,
            let pads = fixedPads ?? node.integers(1), let value = filler(node)
        else { return false }
        let given = node.integers(3) ?? Array(0..<shape.rank)
        guard pads.count == 2 * given.count, pads.allSatisfy({ (0...1 << 40).contains($0) }) else { return false }
        var before = [Int](repeating: 0, count: shape.rank)
        var after = before
        for (index, axis) in given.enumerated() {
            guard let axis = normalizedAxis(axis, rank: shape.rank), before[axis] + after[axis] == 0 else {
                return false
            }
            (before[axis], after[axis]) = (pads[index], pads[index + given.count])
        }
        guard (0..<shape.rank).allSatisfy({ result[$0] == shape[$0] + before[$0] + after[$0] }),
            let x = node.plain(0)
        else { return false }
        let kernel = PadKernel(
            ck_pad(elementByteCount: size, sizes: shape.dimensions, before: before, after: after),
            label: "pad \(shape) to \(result)"
        )
        node.emit(kernel, [x, value(&node)])
        return true
    }

    /// What adds the constant that is put around the input; `nil` where it is not known before the run.
    private func filler(_ node: Lowering) -> ((inout Lowering) -> DraftValue)? {
        guard let type = node.elementType(0) else { return nil }
        if node.has(2) {
            guard let value = node.constant(2), value.elementType == type, value.shape.elementCount == 1,
                let region = value.region
            else { return nil }
            return { $0.addConstant(region, type, .scalar) }
        }
        guard fixedValue == 0 || type == .float,
            let zero = type == .float ? try? Tensor.of([fixedValue], .scalar) : try? Tensor.zero(type),
            let region = zero.region
        else { return nil }
        return { $0.addConstant(region, type, .scalar) }
    }
}

extension Tensor {
    /// One element whose bytes are all zero.
    fileprivate static func zero(_ type: ElementType) throws(TensorError) -> Tensor {
        let byteCount = type.byteCount(of: 1) ?? 0
        let region = try MemoryRegion.allocate(byteCount: byteCount) { _ throws(TensorError) in }
        return try Tensor(elementType: type, shape: .scalar, region: region)
    }
}

extension ck_pad {
    fileprivate init(elementByteCount: Int, sizes: [Int], before: [Int], after: [Int]) {
        self.init()
        element_bytes = elementByteCount
        rank = sizes.count
        withUnsafeMutableBytes(of: &self.sizes) { $0.bindMemory(to: Int.self).fill(sizes) }
        withUnsafeMutableBytes(of: &self.before) { $0.bindMemory(to: Int.self).fill(before) }
        withUnsafeMutableBytes(of: &self.after) { $0.bindMemory(to: Int.self).fill(after) }
    }
}

extension Tile {
    func lower(_ node: inout Lowering) -> Bool {
        guard !hasAxis, let size = node.elementByteCount(0), let shape = node.shape(0),
            let result = node.outputShape(), result.elementCount > 0, let counts = node.integers(1),
            counts.count == shape.rank, shape.elementCount > 0, result.rank == shape.rank,
            (0..<shape.rank).allSatisfy({ result[$0] % shape[$0] == 0 && result[$0] / shape[$0] == counts[$0] })
        else { return false }
        // Each axis as the repeats, which step nowhere in the source, and the extent.
        var (sizes, from, to): ([Int], [Int], [Int]) = ([], [], [])
        for axis in 0..<shape.rank {
            if counts[axis] > 1 {
                sizes.append(counts[axis])
                from.append(0)
                to.append(shape[axis] * result.strides[axis])
            }
            sizes.append(shape[axis])
            from.append(shape.strides[axis])
            to.append(result.strides[axis])
        }
        guard let copy = ck_copy(elementByteCount: size, sizes: sizes, from: from, to: to), let input = node.plain(0)
        else { return false }
        node.emit(
            BoxKernel(name: "tile", boxes: [BoxKernel.Box(fromByteOffset: 0, toByteOffset: 0, copy: copy)]),
            [input]
        )
        return true
    }
}

extension DepthToSpace {
    func lower(_ node: inout Lowering) -> Bool {
        guard let shape = node.shape(0), shape.rank == 4, shape.elementCount > 0, shape[1] % (size * size) == 0
        else { return false }
        return node.lowerRearrangement(arrangement(of: shape.dimensions))
    }
}

extension SpaceToDepth {
    func lower(_ node: inout Lowering) -> Bool {
        guard let shape = node.shape(0), shape.rank == 4, shape.elementCount > 0, shape[2] % size == 0,
            shape[3] % size == 0
        else { return false }
        return node.lowerRearrangement(arrangement(of: shape.dimensions))
    }
}

extension Lowering {
    /// The input under other sizes, with its axes in another order.
    fileprivate mutating func lowerRearrangement(_ arrangement: (sizes: [Int], order: [Int])) -> Bool {
        guard let size = elementByteCount(0), let result = outputShape(),
            result.elementCount == arrangement.sizes.reduce(1, *), let input = plain(0)
        else { return false }
        emit(PermuteKernel(elementByteCount: size, sizes: arrangement.sizes, order: arrangement.order), [input])
        return true
    }
}
