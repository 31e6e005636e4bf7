import Diagnostics
import Tensors

/// How several inputs are walked to fill the output that they broadcast to: rows of `length` elements, in each of
/// which an input moves by its step, 0 or 1.
struct Broadcast {
    let shape: Shape
    let length: Int
    let steps: [Int]
    /// For each input the offset at which each row starts.
    let offsets: [[Int]]

    var rowCount: Int { offsets.first?.count ?? 0 }

    /// Plans the walk.
    ///
    /// *Throws*: `shape` when the shapes do not broadcast, `limit` when the walk is too long.
    init(_ shapes: [Shape], _ state: RunState) throws(EngineError) {
        var shape = Shape.scalar
        for next in shapes {
            guard let wider = shape.broadcast(with: next) else {
                let texts = shapes.map(\.description).joined(separator: " and ")
                throw EngineError(.shape, "shapes \(texts) do not broadcast")
            }
            shape = wider
        }
        try RunState.checkEmpty(shape)
        self.shape = shape
        let rank = shape.rank
        let padded = shapes.map { [Int](repeating: 1, count: rank - $0.rank) + $0.dimensions }
        var steps = [Int?](repeating: nil, count: shapes.count)
        var split = rank
        var length = 1
        while split > 0, Self.extend(&steps, padded.map { $0[split - 1] }, shape[split - 1]) {
            split -= 1
            length *= shape[split]
        }
        self.length = length
        self.steps = steps.map { $0 ?? 0 }
        let outer = Array(shape.dimensions[..<split])
        try state.checkIndices(outer.reduce(1, *))
        offsets = padded.map { dimensions in
            var strides = [Int](repeating: 0, count: split)
            var stride = dimensions[split...].reduce(1, *)
            for axis in (0..<split).reversed() {
                strides[axis] = dimensions[axis] == 1 ? 0 : stride
                stride *= dimensions[axis]
            }
            return stridedOffsets(outer, strides)
        }
    }

    private static func extend(_ steps: inout [Int?], _ extents: [Int], _ extent: Int) -> Bool {
        guard extent != 1 else { return true }
        let needed = extents.map { $0 == 1 ? 0 : 1 }
        for (step, need) in zip(steps, needed) where step != nil && step != need { return false }
        steps = needed.map { $0 }
        return true
    }
}

/// The offsets of all indices of a shape, in row-major order.
func stridedOffsets(_ extents: [Int], _ strides: [Int], base: Int = 0) -> [Int] {
    guard !extents.contains(0) else { return [] }
    var offsets = [base]
    for (extent, stride) in zip(extents, strides) {
        var next: [Int] = []
        next.reserveCapacity(offsets.count * extent)
        for offset in offsets {
            for index in 0..<extent { next.append(offset &+ index &* stride) }
        }
        offsets = next
    }
    return offsets
}

extension OperatorCall {
    /// Applies a function of two elements to broadcast inputs.
    @inline(__always)
    func map<Left: TensorElement, Right: TensorElement, Result: TensorElement>(
        _ left: Tensor,
        _ right: Tensor,
        _ combine: (Left, Right) -> Result
    ) throws(EngineError) -> Tensor {
        let walk = try Broadcast([left.shape, right.shape], state)
        let lhs = try left.pointer(Left.self)
        let rhs = try right.pointer(Right.self)
        return try tensor(of: Result.self, walk.shape) { target in
            for row in 0..<walk.rowCount {
                let x = lhs + walk.offsets[0][row]
                let y = rhs + walk.offsets[1][row]
                let z = target + row &* walk.length
                if walk.steps[0] == 1, walk.steps[1] == 1 {
                    for index in 0..<walk.length { z[index] = combine(x[index], y[index]) }
                } else {
                    let (xStep, yStep) = (walk.steps[0], walk.steps[1])
                    for index in 0..<walk.length { z[index] = combine(x[index &* xStep], y[index &* yStep]) }
                }
            }
        }
    }

    /// Applies a function to each element.
    @inline(__always)
    func map<Element: TensorElement, Result: TensorElement>(
        _ input: Tensor,
        _ transform: (Element) -> Result
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(Element.self)
        let count = input.shape.elementCount
        return try tensor(of: Result.self, input.shape) { target in
            for index in 0..<count { target[index] = transform(source[index]) }
        }
    }
}
