import Diagnostics
package import Tensors

/// A tensor from its little-endian bytes; strings each follow their length in 4 bytes.
package func binaryTensor(
    _ bytes: ArraySlice<UInt8>,
    _ datatype: Datatype,
    _ shape: Shape
) throws(TensorError) -> Tensor {
    guard datatype == .bytes else {
        let region = try bytes.span.bytes.withUnsafeBytes { raw throws(TensorError) in try MemoryRegion.copying(raw) }
        return try Tensor(elementType: datatype.elementType, shape: shape, region: region)
    }
    var strings: [String] = []
    var rest = bytes
    while !rest.isEmpty {
        guard rest.count >= 4 else {
            throw TensorError(.byteCount, "a length of `BYTES` is cut off, expected 4 bytes, got \(rest.count)")
        }
        let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard length <= rest.count else {
            throw TensorError(
                .byteCount,
                "an element of `BYTES` is cut off, expected \(length) bytes, got \(rest.count)"
            )
        }
        guard let text = String(validating: rest.prefix(length), as: UTF8.self) else {
            throw TensorError(.elementType, "element \(strings.count) of `BYTES` is not UTF-8")
        }
        strings.append(text)
        rest = rest.dropFirst(length)
    }
    return try Tensor(strings: strings, shape: shape)
}

/// The little-endian bytes of a tensor.
package func appendBinary(_ tensor: Tensor, to bytes: inout [UInt8]) {
    switch tensor.storage {
    case .bytes(let region): bytes.append(contentsOf: region.bytes)
    case .strings(let strings):
        for string in strings {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: string.utf8.count).littleEndian) {
                bytes.append(contentsOf: $0)
            }
            bytes.append(contentsOf: string.utf8)
        }
    }
}
