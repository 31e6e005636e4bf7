import Diagnostics
package import Tensors

/// Some rows of a tensor: what stands under some indices of its first axis.
///
/// *Throws*: `input` for a scalar, and for rows that are not there.
package func rows(_ range: Range<Int>, of tensor: Tensor) throws(ClientError) -> Tensor {
    guard tensor.shape.rank > 0, range.lowerBound >= 0, range.upperBound <= tensor.shape[0],
        let shape = Shape([range.count] + tensor.shape.dimensions.dropFirst())
    else { throw ClientError(.input, "the tensor of shape \(tensor.shape) has no rows \(range)") }
    let width = tensor.shape[0] == 0 ? 0 : tensor.shape.elementCount / tensor.shape[0]
    return try converting { () throws(TensorError) in
        switch tensor.storage {
        case .strings(let strings):
            return try Tensor(
                strings: Array(strings[range.lowerBound * width..<range.upperBound * width]),
                shape: shape
            )
        case .bytes(let region):
            let size = tensor.elementType.byteCount(of: width) ?? 0
            let bytes = UnsafeRawBufferPointer(
                rebasing: region.bytes[range.lowerBound * size..<range.upperBound * size]
            )
            return try Tensor(elementType: tensor.elementType, shape: shape, region: try .copying(bytes))
        }
    }
}

/// Tensors one behind the other along the first axis.
///
/// *Throws*: `answer` for tensors whose element types or other extents differ.
package func joined(_ tensors: [Tensor]) throws(ClientError) -> Tensor {
    guard let first = tensors.first else { throw ClientError(.answer, "there is no tensor") }
    guard tensors.count > 1 else { return first }
    let rest = first.shape.dimensions.dropFirst()
    for tensor in tensors {
        guard tensor.elementType == first.elementType, tensor.shape.rank > 0,
            tensor.shape.dimensions.dropFirst() == rest
        else {
            throw ClientError(
                .answer,
                "the answers to parts of the rows differ, expected `\(first.elementType.name)` \(first.shape) "
                    + "save its rows, got `\(tensor.elementType.name)` \(tensor.shape)",
                hint: "send all rows in one request"
            )
        }
    }
    guard let shape = Shape([tensors.reduce(0) { $0 + $1.shape[0] }] + rest) else {
        throw ClientError(.answer, "the answers together are too large")
    }
    return try converting { () throws(TensorError) in
        if first.strings != nil { return try Tensor(strings: tensors.flatMap { $0.strings ?? [] }, shape: shape) }
        let byteCount = tensors.reduce(0) { $0 + ($1.region?.bytes.count ?? 0) }
        let region = try MemoryRegion.allocate(byteCount: byteCount, zeroed: false) { target throws(TensorError) in
            var offset = 0
            for bytes in tensors.compactMap({ $0.region?.bytes }) {
                UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: bytes)
                offset += bytes.count
            }
        }
        return try Tensor(elementType: first.elementType, shape: shape, region: region)
    }
}

private func converting<Result>(_ body: () throws(TensorError) -> Result) throws(ClientError) -> Result {
    do throws(TensorError) { return try body() } catch { throw ClientError(.input, at: error.place, error.message) }
}
