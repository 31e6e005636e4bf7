import Diagnostics
import OnnxIR
import Tensors

/// Where scales and zero points lie over a tensor: one for all, one for each index of an axis, or one for each block of
/// indices of it.
struct QuantizationGranularity: Sendable {
    let axis: Int
    /// Indices of the axis that share a scale; 0 where there are no blocks.
    let blockSize: Int

    init(axis: Int, blockSize: Int) {
        self.axis = axis
        self.blockSize = blockSize
    }

    /// From `axis` and `block_size`.
    ///
    /// *Throws*: `attribute` for a negative block.
    init(_ node: NodeContext) throws(EngineError) {
        axis = try node.int("axis", default: 1)
        blockSize = try node.int("block_size", default: 0)
        guard blockSize >= 0 else { throw .attribute("block_size", blockSize, expected: "a number from 0") }
    }
}

extension NodeContext {
    /// An element type by its number; `nil` when it is not given or 0.
    func optionalElementType(_ name: String) throws(EngineError) -> ElementType? {
        try int(name, default: 0) == 0 ? nil : elementType(name)
    }
}

extension OperatorCall {
    /// A scale or zero point in a shape that broadcasts against the tensor that it belongs to.
    ///
    /// *Throws*: `shape` when it does not fit.
    func spread(
        _ parameter: Tensor,
        _ granularity: QuantizationGranularity,
        over shape: Shape
    ) throws(EngineError) -> Tensor {
        guard granularity.blockSize > 0, parameter.shape.elementCount != 1 || parameter.shape.rank > 1 else {
            return try axisVector(parameter, along: granularity.axis, of: shape)
        }
        let axis = try checkedAxis(granularity.axis, rank: shape.rank)
        var blocks = shape.dimensions
        blocks[axis] = (blocks[axis] - 1) / granularity.blockSize + 1
        guard parameter.shape.dimensions == blocks else {
            throw EngineError(
                .shape,
                """
                a scale or zero point has shape \(parameter.shape), expected \(blocks) for blocks of \
                \(granularity.blockSize) along axis \(axis)
                """
            )
        }
        try checkTables(parameter.elementType, shape)
        let map = AxisMap.identity(parameter.shape).selecting(
            (0..<shape[axis]).map { $0 / granularity.blockSize },
            axis: axis,
            stride: parameter.shape.strides[axis]
        )
        return try moved(parameter, to: shape, map)
    }

    /// A scalar as it is, or a vector in the shape that lies along an axis of another.
    func axisVector(_ vector: Tensor, along axis: Int, of shape: Shape) throws(EngineError) -> Tensor {
        guard vector.shape.elementCount != 1 else { return try vector.with(shape: .scalar) }
        let axis = try checkedAxis(axis, rank: shape.rank)
        guard vector.shape.rank == 1, vector.shape.elementCount == shape[axis] else {
            throw EngineError(
                .shape,
                "a scale or zero point has shape \(vector.shape), expected a scalar or [\(shape[axis])] for axis \(axis)"
            )
        }
        let ones = [Int](repeating: 1, count: shape.rank - axis - 1)
        return try vector.with(shape: self.shape([shape[axis]] + ones))
    }
}
