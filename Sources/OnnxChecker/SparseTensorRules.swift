import Diagnostics
import OnnxIR
import Tensors

extension ModelCheck {
    mutating func checkSparseTensors(in value: AttributeValue, at place: Place) {
        switch value {
        case .sparseTensor(let tensor): checkSparseTensor(tensor, at: place)
        case .sparseTensors(let tensors): for tensor in tensors { checkSparseTensor(tensor, at: place) }
        default: break
        }
    }

    /// Checks that values and indices go together, and that the indices are inside the shape and ascend.
    ///
    /// *Source*: `SparseTensorProto` in onnx.proto.
    mutating func checkSparseTensor(_ sparse: OnnxSparseTensor, at place: Place) {
        let values = sparse.values.tensor
        let indices = sparse.indices.tensor
        guard values.shape.rank == 1 else {
            error(.sparseTensor, at: place, "the values have shape \(values.shape), expected a vector")
            return
        }
        guard indices.elementType == .int64, let list = try? indices.elements(as: Int64.self) else {
            error(.sparseTensor, at: place, "the indices are `\(indices.elementType.name)`, expected `int64`")
            return
        }
        let count = values.shape[0]
        let rank = sparse.shape.rank
        guard indices.shape.dimensions == [count] || indices.shape.dimensions == [count, rank] else {
            let message = "the indices have shape \(indices.shape), expected [\(count)] or [\(count), \(rank)]"
            error(.sparseTensor, at: place, message)
            return
        }
        checkIndices(list, isLinear: indices.shape.rank == 1, of: sparse.shape, at: place)
    }

    private mutating func checkIndices(_ indices: [Int64], isLinear: Bool, of shape: Shape, at place: Place) {
        let extents = isLinear ? [shape.elementCount] : shape.dimensions
        guard !extents.isEmpty else { return }
        var previous: ArraySlice<Int64>?
        for start in stride(from: 0, to: indices.count, by: extents.count) {
            let index = indices[start..<(start + extents.count)]
            guard zip(index, extents).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
                error(.sparseTensor, at: place, "index \(Array(index)) is outside of shape \(shape)")
                return
            }
            if let previous, !previous.lexicographicallyPrecedes(index) {
                error(
                    .sparseTensor,
                    at: place,
                    "index \(Array(index)) follows \(Array(previous)), expected ascending order"
                )
                return
            }
            previous = index
        }
    }
}
