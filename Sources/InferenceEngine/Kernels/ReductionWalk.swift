import Tensors

/// Where a reduction finds its elements: for each output a start, and the same steps from every start.
struct ReductionWalk {
    let kept: StridedOffsets
    let reduced: StridedOffsets
    /// The shape of the output.
    let dimensions: [Int]

    init(_ shape: Shape, axes: [Int], keepsAxes: Bool) {
        let strides = shape.strides
        let others = (0..<shape.rank).filter { !axes.contains($0) }
        kept = StridedOffsets(others.map { shape[$0] }, others.map { strides[$0] })
        reduced = StridedOffsets(axes.map { shape[$0] }, axes.map { strides[$0] })
        dimensions = (0..<shape.rank).compactMap { axis in
            axes.contains(axis) ? (keepsAxes ? 1 : nil) : shape[axis]
        }
    }
}
