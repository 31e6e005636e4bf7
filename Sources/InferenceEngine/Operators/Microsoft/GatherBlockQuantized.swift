import Diagnostics
import OnnxIR
import Tensors

/// Slices of numbers that are quantised block by block along an axis, as floats.
struct GatherBlockQuantized: Operator {
    private let bitCount: Int
    /// How many numbers share a scale; `nil` for all of the axis.
    private let blockSize: Int?
    private let gatherAxis: Int
    private let quantizeAxis: Int

    static let definition = OperatorDefinition("GatherBlockQuantized", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        let size = try node.int("block_size", default: 128)
        return GatherBlockQuantized(
            bitCount: try node.packedBitCount(),
            blockSize: size == 0 ? nil : try node.quantizationBlockSize(size),
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
