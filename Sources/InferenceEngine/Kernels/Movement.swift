import Diagnostics
import OnnxIR
import Tensors

/// A way to fill elements from other elements, whatever their type.
protocol ElementMovement {
    func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>)
}

extension OperatorCall {
    /// A tensor of the same element type, with the elements that `movement` brings; those it leaves out are zero.
    func moved(_ input: Tensor, to shape: Shape, zeroed: Bool = false, _ movement: some ElementMovement)
        throws(EngineError) -> Tensor
    {
        try state.check(input.elementType, shape)
        if let strings = input.strings {
            var moved = [String](repeating: "", count: shape.elementCount)
            guard !strings.isEmpty else { return try .of(strings: moved, shape) }
            strings.withUnsafeBufferPointer { source in
                moved.withUnsafeMutableBufferPointer { target in
                    guard let from = source.baseAddress, let to = target.baseAddress else { return }
                    movement.move(from: from, to: to)
                }
            }
            return try .of(strings: moved, shape)
        }
        if input.elementType.isPacked {
            let moved = try moved(unpacked(input), to: shape, zeroed: zeroed, movement)
            return try packed(moved, as: input.elementType)
        }
        let source = try input.wordPointer()
        let width = input.elementType.bitWidth ?? 0
        let isEmpty = input.shape.elementCount == 0
        return try Tensor.ofBytes(elementType: input.elementType, shape: shape, zeroed: zeroed || isEmpty) { bytes in
            guard let target = bytes.baseAddress, !isEmpty, shape.elementCount > 0 else { return }
            switch width {
            case 8: Self.move(UInt8.self, source, target, movement)
            case 16: Self.move(UInt16.self, source, target, movement)
            case 32: Self.move(UInt32.self, source, target, movement)
            case 64: Self.move(UInt64.self, source, target, movement)
            default: Self.move((UInt64, UInt64).self, source, target, movement)
            }
        }
    }

    /// The part of a tensor that lies within a range of one of its axes.
    func part(_ input: Tensor, _ range: Range<Int>, axis: Int) throws(EngineError) -> Tensor {
        var dimensions = input.shape.dimensions
        let extent = dimensions[axis]
        let outer = dimensions[..<axis].reduce(1, *)
        let inner = dimensions[(axis + 1)...].reduce(1, *)
        dimensions[axis] = range.count
        let offsets = (0..<outer).map { ($0 * extent + range.lowerBound) * inner }
        return try moved(input, to: shape(dimensions), BlockGather(offsets: offsets, length: range.count * inner))
    }

    @inline(__always)
    private static func move<Element>(
        _ type: Element.Type,
        _ source: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer,
        _ movement: some ElementMovement
    ) {
        movement.move(from: source.assumingMemoryBound(to: type), to: target.assumingMemoryBound(to: type))
    }
}

/// Blocks of neighbouring elements, each from its own place in the input.
struct BlockGather: ElementMovement {
    let offsets: [Int]
    let length: Int

    func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
        for (index, offset) in offsets.enumerated() {
            (target + index &* length).update(from: source + offset, count: length)
        }
    }
}
