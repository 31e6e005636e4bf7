import Diagnostics
import Tensors

extension OnnxDecoder {
    /// The tensor whose elements lie in `field`; bytes that lie in one piece are not copied.
    func tensor(
        _ elementType: ElementType,
        _ shape: Shape,
        in field: TensorDataField,
        _ fields: TensorFields
    ) throws(OnnxReaderError) -> Tensor {
        let ranges = fields[field]
        switch field {
        case .stringData:
            var strings: [String] = []
            strings.reserveCapacity(ranges.count)
            for range in ranges { strings.append(try text(in: range)) }
            return try placingTensorErrors { () throws(TensorError) in try Tensor(strings: strings, shape: shape) }
        case .rawData, .floatData, .doubleData:
            let region = try joined(ranges)
            return try placingTensorErrors { () throws(TensorError) in
                try Tensor(elementType: elementType, shape: shape, region: region)
            }
        case .int32Data, .int64Data, .uint64Data:
            let region = try integers(elementType, shape, in: field, ranges)
            return try placingTensorErrors { () throws(TensorError) in
                try Tensor(elementType: elementType, shape: shape, region: region)
            }
        }
    }

    private func joined(_ ranges: [Range<Int>]) throws(OnnxReaderError) -> MemoryRegion {
        if ranges.count <= 1, let slice = region.slice(ranges.first ?? 0..<0) { return slice }
        let byteCount = ranges.reduce(0) { $0 + $1.count }
        return try placingTensorErrors { () throws(TensorError) in
            try .allocate(byteCount: byteCount, zeroed: false) { target throws(TensorError) in
                var position = 0
                for range in ranges {
                    UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: region.bytes[range])
                    )
                    position += range.count
                }
            }
        }
    }

    /// *Source*: `TensorProto.int32_data`: one entry for each element, of 4-bit types for two, of 2-bit types for four.
    private func integers(
        _ type: ElementType,
        _ shape: Shape,
        in field: TensorDataField,
        _ ranges: [Range<Int>]
    ) throws(OnnxReaderError) -> MemoryRegion {
        switch type {
        case .int64: try integers(shape.elementCount, ranges, field, shape) { $0 as Int64 }
        case .uint64: try integers(shape.elementCount, ranges, field, shape) { UInt64(bitPattern: $0) }
        case .uint32: try integers(shape.elementCount, ranges, field, shape) { UInt32(exactly: $0) }
        case .int32: try integers(shape.elementCount, ranges, field, shape) { Int32(truncatingIfNeeded: $0) }
        case .int16: try integers(shape.elementCount, ranges, field, shape) { Int16(exactly: $0) }
        case .int8: try integers(shape.elementCount, ranges, field, shape) { Int8(exactly: $0) }
        case .bool: try integers(shape.elementCount, ranges, field, shape) { $0 == 0 ? 0 : 1 as UInt8 }
        case .uint16, .float16, .bfloat16:
            try integers(shape.elementCount, ranges, field, shape) { UInt16(exactly: $0) }
        case .uint8, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0:
            try integers(shape.elementCount, ranges, field, shape) { UInt8(exactly: $0) }
        case .uint4, .int4, .float4e2m1, .uint2, .int2:
            try integers(type.byteCount(of: shape.elementCount) ?? 0, ranges, field, shape) {
                Int8(exactly: $0).map(UInt8.init(bitPattern:)) ?? UInt8(exactly: $0)
            }
        case .float6e2m3, .float6e3m2:
            try packedSixBits(
                try integers(shape.elementCount, ranges, field, shape) { (0..<64).contains($0) ? UInt8($0) : nil }
            )
        case .float, .double, .complex64, .complex128, .string:
            throw OnnxReaderError(.value, "`\(field.rawValue)` does not hold elements of `\(type.name)`")
        }
    }

    /// The elements of packed varints, each through `convert`, which is `nil` for a value out of range.
    private func integers<Element: FixedWidthInteger>(
        _ count: Int,
        _ ranges: [Range<Int>],
        _ field: TensorDataField,
        _ shape: Shape,
        _ convert: (Int64) -> Element?
    ) throws(OnnxReaderError) -> MemoryRegion {
        // A varint ends with the first byte below 128, so this counts without decoding, and before memory is taken.
        let entries = ranges.reduce(0) { $0 + region.bytes[$1].lazy.filter { $0 < 0x80 }.count }
        guard entries == count else {
            throw OnnxReaderError(
                .value,
                "`\(field.rawValue)` has \(entries) entries, expected \(count) from shape \(shape)"
            )
        }
        var failure: OnnxReaderError?
        let result = try placingTensorErrors { () throws(TensorError) in
            try MemoryRegion.allocate(byteCount: count * MemoryLayout<Element>.size, zeroed: false) { target in
                let elements = target.bindMemory(to: Element.self)
                do throws(OnnxReaderError) {
                    try decode(ranges, field, into: elements, convert)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return result
    }

    private func decode<Element: FixedWidthInteger>(
        _ ranges: [Range<Int>],
        _ field: TensorDataField,
        into elements: UnsafeMutableBufferPointer<Element>,
        _ convert: (Int64) -> Element?
    ) throws(OnnxReaderError) {
        var index = 0
        for range in ranges {
            var cursor = WireCursor(region.bytes, in: range, of: "TensorProto", depth: 0)
            while !cursor.isAtEnd {
                let offset = cursor.position
                let varint = Int64(bitPattern: try cursor.varint())
                // SPEC: protobuf, an int32 is the low 32 bits of its varint.
                let value = field == .int32Data ? Int64(Int32(truncatingIfNeeded: varint)) : varint
                guard let element = convert(value) else {
                    throw OnnxReaderError(
                        .value,
                        at: .offset(offset),
                        "`\(field.rawValue)` holds \(value), which its element type does not"
                    )
                }
                guard index < elements.count else { return }
                elements[index] = element
                index += 1
            }
        }
    }

    /// *Source*: `TensorProto.raw_data`: four elements of 6 bits in three bytes, the first in the lowest bits.
    private func packedSixBits(_ elements: MemoryRegion) throws(OnnxReaderError) -> MemoryRegion {
        let source = elements.bytes
        return try placingTensorErrors { () throws(TensorError) in
            try .allocate(byteCount: (source.count * 6 + 7) / 8) { target throws(TensorError) in
                for index in source.indices {
                    let (byte, bit) = (index * 6).quotientAndRemainder(dividingBy: 8)
                    let shifted = UInt16(source[index]) << bit
                    target[byte] |= UInt8(truncatingIfNeeded: shifted)
                    if bit > 2 { target[byte + 1] |= UInt8(shifted >> 8) }
                }
            }
        }
    }
}
