import Diagnostics
import OnnxIR
import Tensors

/// Slices of the input by coordinates, which are the last axis of the indices.
struct GatherND: Operator {
    let batchRank: Int

    static let definition = OperatorDefinition("GatherND", since: 11, 12, 13) { node throws(EngineError) in
        GatherND(batchRank: try node.int("batch_dims", default: 0))
    }

    /// ONNX Runtime's operator, which came before the standard's and has no batch axes.
    static let microsoft = OperatorDefinition("GatherND", domain: .microsoft, since: 1) { _ throws(EngineError) in
        GatherND(batchRank: 0)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), let indices = inputs.shape(1), let depth = indices.last?.extent,
            batchRank >= 0, batchRank < indices.count, depth >= 0, depth <= shape.count - batchRank
        else { return [.tensor(inputs.elementType())] }
        return [.tensor(inputs.elementType(), indices.dropLast() + shape[(batchRank + depth)...])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, indices) = (try call.tensor(0), try call.tensor(1))
        let depth = indices.shape.dimensions.last ?? 0
        guard batchRank >= 0, batchRank < indices.shape.rank, batchRank + depth <= input.shape.rank,
            indices.shape.dimensions[..<batchRank] == input.shape.dimensions[..<batchRank]
        else {
            throw EngineError(
                .shape,
                "indices have shape \(indices.shape), which does not fit \(input.shape) with \(batchRank) batch axes"
            )
        }
        let length = input.shape.dimensions[(batchRank + depth)...].reduce(1, *)
        let batchSize = input.shape.dimensions[batchRank...].reduce(1, *)
        let batchCount = input.shape.dimensions[..<batchRank].reduce(1, *)
        let inner = try call.shape(Array(input.shape.dimensions[batchRank...]))
        let starts = try call.coordinateOffsets(indices, in: inner, depth: depth)
        let perBatch = batchCount == 0 ? 1 : max(1, starts.count / batchCount)
        let offsets = starts.enumerated().map { $0.offset / perBatch * batchSize + $0.element }
        let shape = try call.shape(indices.shape.dimensions.dropLast() + input.shape.dimensions[(batchRank + depth)...])
        return [.tensor(try call.moved(input, to: shape, BlockGather(offsets: offsets, length: length)))]
    }
}

extension OperatorCall {
    /// Where the slices lie that the rows of `indices` name by their first `depth` coordinates.
    ///
    /// *Throws*: `index` when a coordinate is out of range.
    func coordinateOffsets(_ indices: Tensor, in shape: Shape, depth: Int) throws(EngineError) -> [Int] {
        let coordinates = try indices.integers("the indices")
        let strides = shape.strides
        let count = indices.shape.dimensions.dropLast().reduce(1, *)
        var offsets: [Int] = []
        offsets.reserveCapacity(count)
        for row in 0..<count {
            var offset = 0
            for axis in 0..<depth {
                let (index, extent) = (coordinates[row * depth + axis], shape[axis])
                guard index >= -extent, index < extent else {
                    throw EngineError(.index, "index \(index) is out of range, expected \(-extent) to \(extent - 1)")
                }
                offset += (index < 0 ? index + extent : index) * strides[axis]
            }
            offsets.append(offset)
        }
        return offsets
    }
}
