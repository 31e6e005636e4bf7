import Diagnostics
package import Tensors

/// Reads the tensor of an npy file, versions 1 to 3.
///
/// *Throws*: `malformed`, `truncated`, and `unsupported` for arrays of objects, records or dates.
/// *Source*: `numpy.lib.format`.
package func readNpy(_ bytes: [UInt8]) throws(ModelFormatError) -> Tensor {
    let array = try readNpyArray(bytes)
    if case .record = array.type {
        throw ModelFormatError(.unsupported, "arrays of records are not supported, expected numbers, booleans or text")
    }
    return try array.tensor()
}

let npyMagic: [UInt8] = [0x93] + Array("NUMPY".utf8)

/// The array of an npy file, which may hold records.
func readNpyArray(_ bytes: [UInt8]) throws(ModelFormatError) -> NumPyArray {
    var cursor = ByteCursor(bytes)
    let array = try npyArray(&cursor)
    guard cursor.remaining == 0 else {
        throw ModelFormatError(
            .malformed,
            at: .offset(cursor.offset),
            "\(cursor.remaining) bytes follow the array, expected the end"
        )
    }
    return array
}

private func npyArray(_ cursor: inout ByteCursor) throws(ModelFormatError) -> NumPyArray {
    guard cursor.bytes.starts(with: npyMagic) else {
        throw ModelFormatError(.malformed, at: .offset(0), #"not an npy file, expected `\x93NUMPY` at its start"#)
    }
    _ = try cursor.take(npyMagic.count)
    let version = try cursor.byte()
    _ = try cursor.byte()
    guard (1...3).contains(version) else {
        throw ModelFormatError(.unsupported, at: .offset(6), "npy version \(version) is not supported, expected 1 to 3")
    }
    let headerLength =
        version == 1 ? Int(try cursor.littleEndian(UInt16.self)) : Int(try cursor.littleEndian(UInt32.self))
    guard headerLength <= 1 << 20 else {
        throw ModelFormatError(
            .tooLarge,
            at: .offset(8),
            "the header has \(headerLength) bytes, expected at most \(1 << 20)"
        )
    }
    let header = try PythonLiteral.parse(try cursor.take(headerLength))
    guard case .dict(let entries) = header, case .bool(let isFortranOrder)? = entries["fortran_order"],
        case .tuple(let extents)? = entries["shape"], let descr = entries["descr"]
    else {
        throw ModelFormatError(
            .malformed,
            at: .offset(10),
            "the header is not a dictionary with `descr`, `fortran_order` and `shape`"
        )
    }
    let type = try NumPyType(descr)
    guard type != .object else {
        throw ModelFormatError(.unsupported, "arrays of Python objects are not supported: they hold a pickle")
    }
    let shape = try shape(of: extents)
    let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow else { throw ModelFormatError(.tooLarge, "array \(shape) of `\(type.shortName)` is too large") }
    return try NumPyArray(
        type: type,
        shape: shape,
        isFortranOrder: isFortranOrder,
        bytes: try cursor.take(byteCount)
    )
}

private func shape(of extents: [PythonLiteral]) throws(ModelFormatError) -> Shape {
    var dimensions: [Int] = []
    for extent in extents {
        guard case .int(let dimension) = extent else {
            throw ModelFormatError(.malformed, "`shape` holds something else than integers")
        }
        dimensions.append(dimension)
    }
    guard let shape = Shape(dimensions) else {
        throw ModelFormatError(.malformed, "`shape` \(dimensions) has a negative extent or is too large")
    }
    return shape
}
