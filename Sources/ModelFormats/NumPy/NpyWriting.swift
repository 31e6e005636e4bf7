import Diagnostics
package import Tensors

/// An npy file of version 1 that holds a tensor in row-major order; strings become fixed-length UTF-32 text.
///
/// *Throws*: `unsupported` for element types that NumPy does not know, such as `bfloat16`.
package func writeNpy(_ tensor: Tensor) throws(ModelFormatError) -> [UInt8] {
    var data: [UInt8]
    let typeName: String
    switch tensor.storage {
    case .bytes(let region):
        guard let name = npyName(of: tensor.elementType) else {
            throw ModelFormatError(
                .unsupported,
                "elements of type `\(tensor.elementType.name)` cannot be written to npy: NumPy has no such type"
            )
        }
        typeName = name
        data = Array(region.bytes)
    case .strings(let strings):
        let width = max(1, strings.map(\.unicodeScalars.count).max() ?? 0)
        typeName = "<U\(width)"
        data = []
        data.reserveCapacity(strings.count * width * 4)
        for string in strings {
            for scalar in string.unicodeScalars {
                withUnsafeBytes(of: scalar.value.littleEndian) { data.append(contentsOf: $0) }
            }
            data.append(contentsOf: repeatElement(0, count: (width - string.unicodeScalars.count) * 4))
        }
    }
    let extents = tensor.shape.dimensions.map(String.init).joined(separator: ", ")
    let shape = tensor.shape.rank == 1 ? "(\(extents),)" : "(\(extents))"
    var header = Array("{'descr': '\(typeName)', 'fortran_order': False, 'shape': \(shape), }".utf8)
    // SPEC: numpy.lib.format: spaces and a line feed bring magic, version, length and header to a multiple of 64.
    header.append(contentsOf: repeatElement(0x20, count: 63 - (10 + header.count) % 64))
    header.append(0x0A)
    guard let length = UInt16(exactly: header.count) else {
        throw ModelFormatError(.unsupported, "a tensor of rank \(tensor.shape.rank) cannot be written to npy")
    }
    return npyMagic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + header + data
}

private func npyName(of type: ElementType) -> String? {
    switch type {
    case .bool: "|b1"
    case .int8: "|i1"
    case .uint8: "|u1"
    case .int16: "<i2"
    case .uint16: "<u2"
    case .int32: "<i4"
    case .uint32: "<u4"
    case .int64: "<i8"
    case .uint64: "<u8"
    case .float16: "<f2"
    case .float: "<f4"
    case .double: "<f8"
    case .complex64: "<c8"
    case .complex128: "<c16"
    default: nil
    }
}
