import OnnxIR
import Tensors

extension Resize {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0), let shape = node.shape(0), shape.elementCount > 0, shape.rank >= 2,
            let result = node.outputShape(), result.rank == shape.rank, result.elementCount > 0,
            sampling.hasTwoTaps, let scales = scales(of: shape, to: result, node)
        else { return false }
        let (row, column) = (shape.rank - 2, shape.rank - 1)
        let isImage = (0..<row).allSatisfy { scales[$0] == 1 && shape[$0] == result[$0] }
        guard isImage, let rows = sampling.axis(from: shape[row], to: result[row], scale: scales[row]),
            let columns = sampling.axis(from: shape[column], to: result[column], scale: scales[column]),
            let x = node.plain(0)
        else { return false }
        let planes = shape.dimensions[..<row].reduce(1, *)
        node.emit(ResizeKernel(planes: planes, rows: rows, columns: columns), [x])
        return true
    }

    /// The scale of each axis, from constant sizes or scales.
    private func scales(of shape: Shape, to result: Shape, _ node: Lowering) -> [Double]? {
        var order: [Int] = []
        for axis in axes ?? Array(0..<shape.rank) {
            guard let axis = normalizedAxis(axis, rank: shape.rank), !order.contains(axis) else { return nil }
            order.append(axis)
        }
        var given: [Double]
        if let sizesInput, node.has(sizesInput), node.shape(sizesInput)?.elementCount != 0 {
            guard let sizes = node.integers(sizesInput), sizes.count == order.count, sizes.allSatisfy({ $0 >= 0 })
            else { return nil }
            given = resized(order.map { shape[$0] }, to: sizes).scales
        } else if let fixedScales {
            given = fixedScales.map { Double($0) }
        } else {
            guard let scales = try? node.constant(scalesInput)?.array(of: Float.self) else { return nil }
            given = scales.map { Double($0) }
        }
        guard given.count == order.count, given.allSatisfy({ $0 > 0 && $0 <= 1e9 }) else { return nil }
        var scales = [Double](repeating: 1, count: shape.rank)
        for (axis, scale) in zip(order, given) { scales[axis] = scale }
        return scales
    }
}

extension ResizeSampling {
    /// Whether a result is made of one element, or of two beside one another.
    fileprivate var hasTwoTaps: Bool { !usesRegion && !antialiases && !excludesOutside && !isCubic }

    /// Where the results along an axis come from; `nil` for so many that their places would outweigh the tensor.
    fileprivate func axis(from length: Int, to resized: Int, scale: Double) -> ResizeKernel.Axis? {
        guard length <= 1 << 30, resized <= 1 << 16 else { return nil }
        guard length != resized || scale != 1 else {
            return ResizeKernel.Axis(from: length, low: Array(0..<UInt32(length)), high: [], weight: [])
        }
        let places = (0..<resized).map {
            place($0, length: length, resized: resized, scale: scale, region: (0, 1))
        }
        guard places.allSatisfy(\.isFinite) else { return nil }
        guard !isNearest else {
            let low = places.map { UInt32(min(max(nearest($0), 0), length - 1)) }
            return ResizeKernel.Axis(from: length, low: low, high: [], weight: [])
        }
        let taps = places.map { weights(at: $0, length: length, scale: scale) }
        guard taps.allSatisfy({ $0.count == 2 }) else { return nil }
        return ResizeKernel.Axis(
            from: length,
            low: taps.map { UInt32($0[0].index) },
            high: taps.map { UInt32($0[1].index) },
            weight: taps.map { Float($0[1].weight) }
        )
    }
}
