import Diagnostics
package import Tensors

/// The elements of a NumPy array as they lie in a file.
package struct NumPyArray: Sendable {
    package let type: NumPyType
    package let shape: Shape
    /// Whether the first axis runs fastest.
    package let isFortranOrder: Bool
    package let bytes: ArraySlice<UInt8>

    /// An array over bytes of exactly the size that type and shape ask for.
    ///
    /// *Throws*: `malformed` when the size is another.
    package init(
        type: NumPyType,
        shape: Shape,
        isFortranOrder: Bool,
        bytes: ArraySlice<UInt8>
    ) throws(ModelFormatError) {
        guard type.byteCount > 0,
            type.byteCount.multipliedReportingOverflow(by: shape.elementCount) == (bytes.count, false)
        else {
            throw ModelFormatError(
                .malformed,
                "array \(shape) of elements of \(type.byteCount) bytes has \(bytes.count) bytes of data"
            )
        }
        self.type = type
        self.shape = shape
        self.isFortranOrder = isFortranOrder && shape.rank > 1
        self.bytes = bytes
    }

    /// One part of each record, as an array of the same shape; `nil` when there is no such part.
    package func column(_ name: String) throws(ModelFormatError) -> NumPyArray? {
        guard case .record(let fields, let stride) = type, let field = fields.first(where: { $0.name == name })
        else { return nil }
        let size = field.type.byteCount
        guard field.offset >= 0, field.offset + size <= stride else {
            throw ModelFormatError(.malformed, "field `\(name)` leaves its record of \(stride) bytes")
        }
        let column = bytes.withUnsafeBytes { records in
            [UInt8](unsafeUninitializedCapacity: shape.elementCount * size) { column, count in
                for start in Swift.stride(from: field.offset, to: records.count, by: stride) {
                    let part = UnsafeRawBufferPointer(rebasing: records[start..<start + size])
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(column)[count...])
                        .copyMemory(from: part)
                    count += size
                }
            }
        }
        return try NumPyArray(type: field.type, shape: shape, isFortranOrder: isFortranOrder, bytes: column[...])
    }

    /// The array as a tensor: row-major, little-endian; text of either kind becomes strings.
    ///
    /// *Throws*: `unsupported` for objects and records, `malformed` for text that is none, `memory`.
    package func tensor() throws(ModelFormatError) -> Tensor {
        guard let elementType = type.elementType else {
            throw ModelFormatError(.unsupported, "an array of Python objects or records is not a tensor")
        }
        let ordered = isFortranOrder ? rowMajorBytes() : bytes
        do throws(TensorError) {
            switch type {
            case .unicode, .bytes: return try Tensor(strings: try strings(ordered), shape: shape)
            case .number(let kind, let byteCount, true) where byteCount > 1:
                let part = kind == "c" ? byteCount / 2 : byteCount
                let swapped = Self.swapped(ordered, elementSize: part)
                return try Tensor(elementType: elementType, shape: shape, region: .copying(swapped[...]))
            default:
                return try Tensor(elementType: elementType, shape: shape, region: .copying(ordered))
            }
        } catch {
            throw ModelFormatError(error.code == .memory ? .memory : .malformed, at: error.place, error.message)
        }
    }

    private static func swapped(_ bytes: ArraySlice<UInt8>, elementSize: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: elementSize) {
            result.append(contentsOf: bytes[start..<start + elementSize].reversed())
        }
        return result
    }

    private func rowMajorBytes() -> ArraySlice<UInt8> {
        // Only with elements is each product of extents bounded by the bytes that are there.
        guard shape.elementCount > 0 else { return bytes }
        let size = type.byteCount
        var strides: [Int] = []
        var stride = size
        for extent in shape.dimensions {
            strides.append(stride)
            stride *= extent
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = [Int](repeating: 0, count: shape.rank)
        var offset = bytes.startIndex
        for _ in 0..<shape.elementCount {
            result.append(contentsOf: bytes[offset..<offset + size])
            var axis = shape.rank - 1
            while axis >= 0 {
                index[axis] += 1
                offset += strides[axis]
                guard index[axis] == shape[axis] else { break }
                offset -= strides[axis] * shape[axis]
                index[axis] = 0
                axis -= 1
            }
        }
        return result[...]
    }

    private func strings(_ bytes: ArraySlice<UInt8>) throws(TensorError) -> [String] {
        var strings: [String] = []
        strings.reserveCapacity(shape.elementCount)
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: type.byteCount) {
            let element = bytes[start..<start + type.byteCount]
            guard let text = text(of: element) else {
                throw TensorError(.elementType, "element \(strings.count) is not Unicode text")
            }
            strings.append(text)
        }
        return strings
    }

    private func text(of element: ArraySlice<UInt8>) -> String? {
        guard case .unicode(_, let isBigEndian) = type else {
            let end = element.lastIndex { $0 != 0 }.map { $0 + 1 } ?? element.startIndex
            return String(validating: element[element.startIndex..<end], as: UTF8.self)
        }
        var scalars = String.UnicodeScalarView()
        var padding = 0
        for start in stride(from: element.startIndex, to: element.endIndex, by: 4) {
            let unit = element[start..<start + 4]
            let code = (isBigEndian ? Array(unit) : unit.reversed()).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard code != 0 else {
                padding += 1
                continue
            }
            guard let scalar = Unicode.Scalar(code) else { return nil }
            scalars.append(contentsOf: repeatElement("\0", count: padding))
            padding = 0
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
