import Diagnostics
import OnnxIR
import Tensors

/// The largest elements that a pool found, back where they came from, among zeros.
struct MaxUnpool: Operator {
    private let kernel: [Int]
    private let strides: [Int]
    private let pads: [Int]

    static let definition = OperatorDefinition("MaxUnpool", since: 9, 11, 22) { node throws(EngineError) in
        let attributes = try SpatialAttributes(node)
        let kernel = try node.required("kernel_shape", attributes.kernel)
        let strides = attributes.strides ?? kernel.map { _ in 1 }
        let pads = attributes.pads ?? [Int](repeating: 0, count: 2 * kernel.count)
        guard strides.count == kernel.count, pads.count == 2 * kernel.count else {
            throw EngineError(
                .attribute,
                "there are \(strides.count) strides and \(pads.count) pads, expected \(kernel.count) and as many twice"
            )
        }
        return MaxUnpool(kernel: kernel, strides: strides, pads: pads)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), shape.count == kernel.count + 2 else {
            return [.tensor(inputs.elementType())]
        }
        if inputs.has(2) {
            guard let wanted = inputs[2].extents, wanted.count == shape.count,
                wanted.allSatisfy({ $0.extent ?? 0 >= 0 })
            else { return [.tensor(inputs.elementType(), shape.map { _ in .unknown })] }
            return [.tensor(inputs.elementType(), wanted)]
        }
        let spatial = kernel.indices.map { axis in shape[axis + 2].map { pooled($0, axis) } }
        return [.tensor(inputs.elementType(), shape[..<2] + spatial)]
    }

    /// The extent of an axis before the pool.
    private func pooled(_ extent: Int, _ axis: Int) -> Int? {
        guard extent <= 1 << 30 else { return nil }
        return (extent - 1) * strides[axis] + kernel[axis] - pads[axis] - pads[axis + kernel.count]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, indices) = (try call.tensor(0), try call.tensor(1))
        guard input.shape.rank == kernel.count + 2, indices.shape == input.shape else {
            throw EngineError(
                .shape,
                "input and indices have shapes \(input.shape) and \(indices.shape), expected one of \(kernel.count + 2) axes"
            )
        }
        var dimensions = Array(input.shape.dimensions[..<2])
        for axis in kernel.indices {
            guard let extent = pooled(input.shape[axis + 2], axis) else {
                throw EngineError(.limit, "axis \(axis + 2) of \(input.shape) is longer than the limit of \(1 << 30)")
            }
            dimensions.append(extent)
        }
        // SPEC: the indices count in the shape that the attributes lead to; a larger one has it at its start.
        let inner = try call.shape(dimensions)
        let shape = try call.integers(2).map { wanted throws(EngineError) in try call.shape(wanted) } ?? inner
        guard shape.rank == inner.rank, zip(shape.dimensions, inner.dimensions).allSatisfy({ $0 >= $1 }) else {
            throw EngineError(.shape, "the shape of the output is \(shape), expected at least \(inner)")
        }
        try call.state.check(input.elementType, shape)
        var places = try indices.integers("the indices")
        for position in places.indices {
            guard places[position] >= 0, places[position] < inner.elementCount else {
                throw EngineError(
                    .index,
                    "index \(places[position]) is out of range, expected 0 to \(inner.elementCount - 1)"
                )
            }
            if shape != inner { places[position] = Self.moved(places[position], from: inner, to: shape) }
        }
        return [.tensor(try call.moved(input, to: shape, zeroed: true, ElementScatter(offsets: places)))]
    }

    /// The offset in a shape of the element that has an offset in another, smaller one.
    private static func moved(_ offset: Int, from inner: Shape, to outer: Shape) -> Int {
        let strides = outer.strides
        var (rest, result) = (offset, 0)
        for axis in (0..<inner.rank).reversed() {
            result += rest % inner[axis] * strides[axis]
            rest /= inner[axis]
        }
        return result
    }
}

/// Each element of the input goes to its own place in the output.
private struct ElementScatter: ElementMovement {
    let offsets: [Int]

    func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
        for (index, offset) in offsets.enumerated() { target[offset] = source[index] }
    }
}
