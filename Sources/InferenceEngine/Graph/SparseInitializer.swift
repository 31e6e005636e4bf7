import Diagnostics
import OnnxIR
import Tensors

extension OnnxSparseTensor {
    /// The whole tensor, zeros included.
    ///
    /// *Throws*: `index` for a place outside of the shape, `limit` when the whole is too large.
    func dense(_ state: RunState) throws(EngineError) -> Tensor {
        let type = values.tensor.elementType
        guard let width = type.bitWidth, width % 8 == 0 else {
            throw EngineError(.unsupportedType, "sparse values of type `\(type.name)` are not supported")
        }
        try state.check(type, shape)
        let values = values.tensor
        let places = try indices.tensor.integers("the indices of a sparse tensor")
        let count = values.shape.elementCount
        let rank = shape.rank
        let isFlat = indices.tensor.shape.rank == 1
        guard places.count == (isFlat ? count : count * rank) else {
            throw EngineError(
                .shape,
                "\(places.count) indices for \(count) values, expected \(count) or \(count * rank)"
            )
        }
        var flat: [Int] = []
        for index in 0..<count {
            var position = 0
            if isFlat {
                position = places[index]
            } else {
                for axis in 0..<rank {
                    let coordinate = places[index * rank + axis]
                    guard coordinate >= 0, coordinate < shape[axis] else {
                        throw EngineError(.index, "index \(coordinate) of a sparse tensor is outside of \(shape)")
                    }
                    position += coordinate * shape.strides[axis]
                }
            }
            guard position >= 0, position < shape.elementCount else {
                throw EngineError(.index, "index \(position) of a sparse tensor is outside of \(shape)")
            }
            flat.append(position)
        }
        guard let source = values.region else { return values }
        let size = width / 8
        return try Tensor.ofBytes(elementType: type, shape: shape, zeroed: true) { target in
            for (index, position) in flat.enumerated() {
                for byte in 0..<size { target[position * size + byte] = source.bytes[index * size + byte] }
            }
        }
    }
}
