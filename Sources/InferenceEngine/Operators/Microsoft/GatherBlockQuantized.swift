import Diagnostics
import OnnxIR
import Tensors

/// Slices of numbers that are quantised block by block along an axis, as floats.
///
/// *Types*: `uint8` with 2, 4 or 8 bits for each number, which are packed along the last axis, `int4` and `uint4`.
struct GatherBlockQuantized: Operator {
    private let bitCount: Int
    private let blockSize: Int
    private let gatherAxis: Int
    private let quantizeAxis: Int

    static let definition = OperatorDefinition("GatherBlockQuantized", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        GatherBlockQuantized(
            bitCount: try node.packedBitCount(),
            blockSize: try node.quantizationBlockSize(default: 128),
            gatherAxis: try node.int("gather_axis", default: 0),
            quantizeAxis: try node.int("quantize_axis", default: 1)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let type = inputs.elementType(2)
        guard var shape = inputs.shape(), let indices = inputs.shape(1), let last = shape.last,
            let axis = normalizedAxis(gatherAxis, rank: shape.count), let dataType = inputs.elementType()
        else { return [.tensor(type)] }
        let perByte = dataType == .uint8 ? 8 / bitCount : 1
        shape[shape.count - 1] = last.map { $0.multipliedReportingOverflow(by: perByte).overflow ? nil : $0 * perByte }
        return [.tensor(type, shape[..<axis] + indices + shape[(axis + 1)...])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (data, scales) = (try call.tensor(0), try call.tensor(2))
        let numbers = try QuantizedBlocks(
            data,
            scales: call.cast(scales, to: .float),
            zeros: call.optionalTensor(3),
            bitCount: bitCount,
            blockSize: blockSize,
            axis: quantizeAxis,
            call
        )
        let shape = numbers.shape
        let axis = try checkedAxis(gatherAxis, rank: shape.rank)
        guard data.elementType != .uint8 || axis == 0 && numbers.axis == shape.rank - 1 && shape.rank > 1 else {
            throw EngineError(
                .unsupportedAttribute,
                "`uint8` is supported with `gather_axis` 0 and the last axis as `quantize_axis`"
            )
        }
        let indices = try call.tensor(1)
        let extent = shape[axis]
        let places = try indices.integers("the indices").map { $0 < 0 ? $0 &+ extent : $0 }
        let dimensions = shape.dimensions
        let output = try call.shape(Array(dimensions[..<axis]) + indices.shape.dimensions + dimensions[(axis + 1)...])
        let (outer, inner) = (dimensions[..<axis].reduce(1, *), dimensions[(axis + 1)...].reduce(1, *))
        // SPEC: an index out of range gives zeros.
        let floats = try call.tensor(of: Float.self, output, zeroed: true) { target in
            for block in 0..<outer {
                for (row, place) in places.enumerated() where place >= 0 && place < extent {
                    let line = target + (block &* places.count &+ row) &* inner
                    for index in 0..<inner { line[index] = numbers[(block &* extent &+ place) &* inner &+ index] }
                }
            }
        }
        return [.tensor(try call.cast(floats, to: scales.elementType))]
    }
}

/// Quantised numbers with a scale and a zero point for each block along an axis.
private struct QuantizedBlocks {
    /// The shape of the numbers, however they are packed.
    let shape: Shape
    let axis: Int
    private let numbers: PackedBits
    private let scales: [Float]
    private let zeros: [Int]?
    private let defaultZero: Int
    private let blockSize: Int
    private let blockCount: Int
    private let inner: Int

    init(
        _ data: Tensor,
        scales: Tensor,
        zeros: Tensor?,
        bitCount: Int,
        blockSize: Int,
        axis: Int,
        _ call: OperatorCall
    ) throws(EngineError) {
        let isPacked = data.elementType == .uint8
        guard isPacked || data.elementType == .int4 || data.elementType == .uint4 else {
            throw EngineError(
                .unsupportedType,
                "elements of type `\(data.elementType.name)` are not supported, expected `uint8`, `uint4` or `int4`"
            )
        }
        let bitCount = isPacked ? bitCount : 4
        func blocks(_ tensor: Tensor) throws(EngineError) -> PackedBits {
            let bytes = try tensor.bytePointer().assumingMemoryBound(to: UInt8.self)
            return PackedBits(bytes, bitCount: bitCount, isSigned: data.elementType == .int4)
        }
        var dimensions = data.shape.dimensions
        self.axis = try checkedAxis(axis, rank: dimensions.count)
        if isPacked { dimensions[dimensions.count - 1] *= 8 / bitCount }
        shape = try call.shape(dimensions)
        inner = dimensions[(self.axis + 1)...].reduce(1, *)
        self.blockSize = blockSize
        blockCount = (dimensions[self.axis] + blockSize - 1) / blockSize
        dimensions[self.axis] = blockCount
        guard scales.shape.dimensions == dimensions else {
            throw EngineError(.shape, "the scales have shape \(scales.shape), expected \(dimensions)")
        }
        numbers = try blocks(data)
        self.scales = try scales.array(of: Float.self)
        defaultZero = isPacked ? 1 << (bitCount - 1) : 0
        guard let zeros else {
            self.zeros = nil
            return
        }
        let perByte = isPacked ? 8 / bitCount : 1
        let rowLength = dimensions[dimensions.count - 1]
        dimensions[dimensions.count - 1] = (rowLength + perByte - 1) / perByte
        guard zeros.elementType == data.elementType, zeros.shape.dimensions == dimensions else {
            throw EngineError(
                .shape,
                "the zero points are `\(zeros.elementType.name)` \(zeros.shape), expected `\(data.elementType.name)` \(dimensions)"
            )
        }
        let points = try blocks(zeros)
        let packedLength = dimensions[dimensions.count - 1] * perByte
        self.zeros = (0..<scales.shape.elementCount).map { points[$0 / rowLength * packedLength + $0 % rowLength] }
    }

    subscript(index: Int) -> Float {
        let (line, position) = (index / inner / shape[axis], index / inner % shape[axis])
        let block = (line &* blockCount &+ position / blockSize) &* inner &+ index % inner
        return Float(numbers[index] - (zeros?[block] ?? defaultZero)) * scales[block]
    }
}
