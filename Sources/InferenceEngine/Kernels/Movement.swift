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
        let source = try input.bytePointer()
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

/// Each output element comes from the input at the sum of one offset per axis; a negative offset skips the element.
///
/// Transposing, slicing, expanding, tiling, padding, flipping and gathering along axes are all of this kind.
struct AxisMap: ElementMovement {
    /// For each output axis, for each index of it, the offset in the input.
    let offsets: [[Int]]

    /// Marks elements that come from nowhere.
    static let nowhere = -1

    var shape: Shape? { Shape(offsets.map(\.count)) }

    /// The map that leaves a shape as it is; callers replace the axes that change.
    static func identity(_ shape: Shape) -> AxisMap {
        AxisMap(
            offsets: zip(shape.dimensions, shape.strides).map { extent, stride in (0..<extent).map { $0 * stride } }
        )
    }

    /// This map with one axis replaced by indices into the input's axis.
    func selecting(_ indices: [Int], axis: Int, stride: Int) -> AxisMap {
        var copy = offsets
        copy[axis] = indices.map { $0 < 0 ? Self.nowhere : $0 &* stride }
        return AxisMap(offsets: copy)
    }

    func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
        guard let inner = offsets.last else {
            target[0] = source[0]
            return
        }
        guard !offsets.contains(where: \.isEmpty) else { return }
        let outer = offsets.dropLast()
        var index = [Int](repeating: 0, count: outer.count)
        let isContiguous = inner[0] >= 0 && inner.indices.allSatisfy { inner[$0] == inner[0] &+ $0 }
        var output = target
        while true {
            var base = 0
            var isSkipped = false
            for axis in outer.indices {
                let offset = outer[axis][index[axis]]
                isSkipped = isSkipped || offset < 0
                base &+= offset
            }
            if !isSkipped {
                if isContiguous {
                    output.update(from: source + (base &+ inner[0]), count: inner.count)
                } else {
                    for position in inner.indices where inner[position] >= 0 {
                        output[position] = source[base &+ inner[position]]
                    }
                }
            }
            output += inner.count
            var axis = outer.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < outer[axis].count { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
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
