import Tensors

/// Where a reduction finds its elements: for each output a start, and the same steps from every start.
struct ReductionWalk {
    let kept: [Int]
    let reduced: [Int]
    /// The shape of the output.
    let dimensions: [Int]

    /// *Throws*: `limit` when there are too many places.
    init(_ shape: Shape, axes: [Int], keepsAxes: Bool, _ state: RunState) throws(EngineError) {
        let strides = shape.strides
        let others = (0..<shape.rank).filter { !axes.contains($0) }
        try state.checkIndices(others.reduce(1) { $0 * shape[$1] })
        try state.checkIndices(axes.reduce(1) { $0 * shape[$1] })
        kept = stridedOffsets(others.map { shape[$0] }, others.map { strides[$0] })
        reduced = stridedOffsets(axes.map { shape[$0] }, axes.map { strides[$0] })
        dimensions = (0..<shape.rank).compactMap { axis in
            axes.contains(axis) ? (keepsAxes ? 1 : nil) : shape[axis]
        }
    }
}
