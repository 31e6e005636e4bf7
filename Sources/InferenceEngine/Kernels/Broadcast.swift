import Diagnostics
import Tensors

/// How several inputs are walked to fill the output that they broadcast to: rows of `length` elements, in each of
/// which an input moves by its step, 0 or 1.
struct Broadcast {
    let shape: Shape
    let length: Int
    let steps: [Int]
    /// For each input the offset at which each row starts.
    let offsets: [StridedOffsets]

    /// Plans the walk.
    ///
    /// *Throws*: `shape` when the shapes do not broadcast, `limit` when the output is without elements and very long.
    init(_ shapes: [Shape]) throws(EngineError) {
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
        offsets = padded.map { dimensions in
            var strides = [Int](repeating: 0, count: split)
            var stride = dimensions[split...].reduce(1, *)
            for axis in (0..<split).reversed() {
                strides[axis] = dimensions[axis] == 1 ? 0 : stride
                stride *= dimensions[axis]
            }
            return StridedOffsets(outer, strides)
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

extension OperatorCall {
    /// Applies a function of two elements to broadcast inputs.
    @inline(__always)
    func map<Left: TensorElement, Right: TensorElement, Result: TensorElement>(
        _ left: Tensor,
        _ right: Tensor,
        _ combine: (Left, Right) -> Result
    ) throws(EngineError) -> Tensor {
        let walk = try Broadcast([left.shape, right.shape])
        let lhs = try left.pointer(Left.self)
        let rhs = try right.pointer(Right.self)
        return try tensor(of: Result.self, walk.shape) { target in
            var z = target
            for (xStart, yStart) in zip(walk.offsets[0], walk.offsets[1]) {
                let (x, y) = (lhs + xStart, rhs + yStart)
                defer { z += walk.length }
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
