import Diagnostics
import OnnxIR
import Tensors

/// Quantised numbers with a scale and a zero point for each block along an axis.
struct QuantizedBlocks {
    /// The shape of the numbers, however they are packed.
    let shape: Shape
    let axis: Int
    private let codes: PackedBits
    /// The number that each code stands for.
    private let numbers: [Float]
    private let scales: [Float]
    private let zeros: [Float]?
    private let defaultZero: Float
    private let blockSize: Int
    private let blockCount: Int
    /// How many numbers there are behind one another at each place of the axis.
    private let inner: Int

    /// Takes `uint8` for `bitCount` bits for each number, packed along the last axis, and `int4`, `uint4` and floats of 4
    /// and 8 bits for themselves; without a block size a block is all of the axis.
    ///
    /// *Throws*: `shape` when scales and zero points do not fit the data, `unsupportedType` for other types.
    init(
        _ data: Tensor,
        scales: Tensor,
        zeros: Tensor?,
        bitCount: Int,
        blockSize: Int?,
        axis: Int,
        _ call: OperatorCall
    ) throws(EngineError) {
        let isPacked = data.elementType == .uint8
        let isFloat = data.elementType.minifloat != nil
        let bitCount = isPacked ? bitCount : data.elementType.bitWidth ?? 8
        numbers = try Self.numbers(data.elementType, bitCount)
        codes = PackedBits(bytes: try data.bytePointer().assumingMemoryBound(to: UInt8.self), bitCount: bitCount)
        var dimensions = data.shape.dimensions
        self.axis = try checkedAxis(axis, rank: dimensions.count)
        if isPacked { dimensions[dimensions.count - 1] *= codes.countPerByte }
        shape = try call.shape(dimensions)
        inner = dimensions[(self.axis + 1)...].reduce(1, *)
        guard blockSize != nil || isFloat else {
            throw .attribute("block_size", 0, expected: "a power of 2 for `\(data.elementType.name)`")
        }
        self.blockSize = blockSize ?? max(1, dimensions[self.axis])
        blockCount = (dimensions[self.axis] + self.blockSize - 1) / self.blockSize
        dimensions[self.axis] = blockCount
        self.scales = try Self.spread(scales, over: dimensions, except: isFloat ? self.axis : nil, call)
        defaultZero = isPacked ? Float(1 << (bitCount - 1)) : 0
        guard let zeros else {
            self.zeros = nil
            return
        }
        let rowLength = dimensions[dimensions.count - 1]
        if isPacked { dimensions[dimensions.count - 1] = (rowLength + codes.countPerByte - 1) / codes.countPerByte }
        guard zeros.elementType == data.elementType, zeros.shape.dimensions == dimensions, !isFloat else {
            throw EngineError(
                .shape,
                """
                the zero points are `\(zeros.elementType.name)` \(zeros.shape), expected \
                \(isFloat ? "none" : "`\(data.elementType.name)` \(dimensions)")
                """
            )
        }
        let zeroCodes = PackedBits(
            bytes: try zeros.bytePointer().assumingMemoryBound(to: UInt8.self),
            bitCount: bitCount
        )
        let packedLength = isPacked ? dimensions[dimensions.count - 1] * codes.countPerByte : rowLength
        var points: [Float] = []
        for index in self.scales.indices {
            points.append(numbers[zeroCodes[index / rowLength * packedLength + index % rowLength]])
        }
        self.zeros = points
    }

    /// The number at a place of the shape in row-major order.
    subscript(index: Int) -> Float {
        let (line, position) = (index / inner / shape[axis], index / inner % shape[axis])
        let block = (line &* blockCount &+ position / blockSize) &* inner &+ index % inner
        return (numbers[codes[index]] - (zeros?[block] ?? defaultZero)) * scales[block]
    }

    private static func numbers(_ type: ElementType, _ bitCount: Int) throws(EngineError) -> [Float] {
        let codes = 0..<(1 << bitCount)
        switch type {
        case .uint8, .uint4: return codes.map { Float($0) }
        case .int4: return codes.map { Float($0 < 8 ? $0 : $0 - 16) }
        default:
            guard let format = type.minifloat else {
                throw EngineError(.unsupportedType, "elements of type `\(type.name)` are not supported")
            }
            return codes.map { format.decode(UInt8($0)) }
        }
    }

    /// The scales, with those that stand for a whole axis repeated along it, unless it is the axis of the blocks.
    private static func spread(
        _ scales: Tensor,
        over dimensions: [Int],
        except axis: Int?,
        _ call: OperatorCall
    ) throws(EngineError) -> [Float] {
        let elements = try scales.array(of: Float.self)
        let extents = scales.shape.dimensions
        guard extents != dimensions else { return elements }
        guard let axis, extents.count == dimensions.count, extents[axis] == dimensions[axis],
            zip(extents, dimensions).allSatisfy({ $0 == 1 || $0 == $1 })
        else {
            throw EngineError(.shape, "the scales have shape \(scales.shape), expected \(dimensions)")
        }
        try call.state.checkScratch(call.shape(dimensions).elementCount, of: MemoryLayout<Float>.stride)
        let strides = zip(extents, scales.shape.strides).map { $0 == 1 ? 0 : $1 }
        return StridedOffsets(dimensions, strides).map { elements[$0] }
    }
}
