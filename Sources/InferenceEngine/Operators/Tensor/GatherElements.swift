import Diagnostics
import OnnxIR
import Tensors

/// For each index the element of the input at the index's own place, with one coordinate replaced by the index.
struct GatherElements: Operator {
    let axis: Int

    static let definition = OperatorDefinition("GatherElements", since: 11, 13) { node throws(EngineError) in
        GatherElements(axis: try node.int("axis", default: 0))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType(), inputs.shape(1))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, indices) = (try call.tensor(0), try call.tensor(1))
        let offsets = try call.elementOffsets(input.shape, indices, axis: axis)
        return [.tensor(try call.moved(input, to: indices.shape, BlockGather(offsets: offsets, length: 1)))]
    }
}

extension OperatorCall {
    /// Where the elements named by `indices` along `axis` lie in a tensor of a shape.
    ///
    /// *Throws*: `shape` when the indices are larger than the tensor, `index` when one is out of range.
    func elementOffsets(_ shape: Shape, _ indices: Tensor, axis: Int) throws(EngineError) -> [Int] {
        let axis = try checkedAxis(axis, rank: shape.rank)
        let places = indices.shape
        let fits = places.rank == shape.rank && (0..<shape.rank).allSatisfy { $0 == axis || places[$0] <= shape[$0] }
        guard fits else { throw EngineError(.shape, "indices have shape \(places), which does not fit \(shape)") }
        let picked = try checkedIndices(indices, extent: shape[axis])
        var strides = shape.strides
        let stride = strides[axis]
        strides[axis] = 0
        return zip(StridedOffsets(places.dimensions, strides), picked).map { $0 + $1 * stride }
    }
}
