import Diagnostics

/// How a field's value lies in the bytes.
///
/// *Source*: protobuf, Encoding, message structure; groups are not in use since 2008.
package enum WireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
}

/// The head of a field: its number, how its value lies in the bytes, and where the field starts.
package struct WireField: Sendable {
    package let number: UInt32
    package let type: WireType
    package let offset: Int
}

/// Walks over the fields of one message; the offsets in its errors count from the start of the file.
///
/// Nothing is read before it is known to lie inside the message. It reads the messages of the server's gRPC as well.
package struct WireCursor {
    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    /// The name of the message, for errors.
    package let message: StaticString
    /// How many messages this one lies in.
    package let depth: Int
    private(set) var position: Int

    // SAFETY: the caller keeps `bytes` alive for as long as the cursor is in use.
    package init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>, of message: StaticString, depth: Int) {
        self.bytes = bytes
        self.message = message
        self.depth = depth
        position = max(0, range.lowerBound)
        end = min(range.upperBound, bytes.count)
    }

    package var isAtEnd: Bool { position >= end }

    /// The head of the next field; `nil` at the end of the message.
    package mutating func next() throws(OnnxReaderError) -> WireField? {
        guard position < end else { return nil }
        let offset = position
        let key = try varint()
        guard key >> 3 > 0, key >> 3 < 1 << 29 else {
            throw OnnxReaderError(
                .wire,
                at: .offset(offset),
                "`\(message)` has a field with number \(key >> 3), expected 1 to 536870911"
            )
        }
        guard let type = WireType(rawValue: UInt8(key & 7)) else {
            throw OnnxReaderError(
                .wire,
                at: .offset(offset),
                "field \(key >> 3) of `\(message)` has wire type \(key & 7), expected 0, 1, 2 or 5"
            )
        }
        return WireField(number: UInt32(key >> 3), type: type, offset: offset)
    }

    /// Steps over the value of a field that is not known.
    package mutating func skip(_ field: WireField) throws(OnnxReaderError) {
        switch field.type {
        case .varint: _ = try varint()
        case .fixed32: _ = try take(4)
        case .fixed64: _ = try take(8)
        case .bytes: _ = try payload(field)
        }
    }

    /// The range of the bytes that a string, bytes, message or packed field holds.
    package mutating func payload(_ field: WireField) throws(OnnxReaderError) -> Range<Int> {
        try expect(.bytes, in: field)
        let length = try varint()
        guard length <= UInt64(end - position) else {
            throw OnnxReaderError(
                .truncated,
                at: .offset(field.offset),
                "field \(field.number) of `\(message)` has \(length) bytes, \(end - position) are left"
            )
        }
        return try take(Int(length))
    }

    package mutating func varint(_ field: WireField) throws(OnnxReaderError) -> UInt64 {
        try expect(.varint, in: field)
        return try varint()
    }

    package mutating func int64(_ field: WireField) throws(OnnxReaderError) -> Int64 {
        Int64(bitPattern: try varint(field))
    }

    mutating func int32(_ field: WireField) throws(OnnxReaderError) -> Int32 {
        Int32(truncatingIfNeeded: try varint(field))
    }

    mutating func float(_ field: WireField) throws(OnnxReaderError) -> Float {
        try expect(.fixed32, in: field)
        return float(at: try take(4).lowerBound)
    }

    /// Appends the elements of a `repeated int64`, packed or not, with those of the same field that follow.
    package mutating func append(to values: inout [Int64], _ field: WireField) throws(OnnxReaderError) {
        guard field.type == .bytes else {
            reserve(&values, elementByteCount: 2)
            repeat { values.append(try int64(field)) } while passes(field)
            return
        }
        var elements = elements(in: try payload(field))
        while !elements.isAtEnd { values.append(Int64(bitPattern: try elements.varint())) }
    }

    /// Appends the elements of a `repeated float`, packed or not, with those of the same field that follow.
    package mutating func append(to values: inout [Float], _ field: WireField) throws(OnnxReaderError) {
        guard field.type == .bytes else {
            reserve(&values, elementByteCount: 5)
            repeat { values.append(try float(field)) } while passes(field)
            return
        }
        for range in try fixedElements(field, width: 4) { values.append(float(at: range)) }
    }

    /// PERF: most of what is left of a long list's message are its elements; growing step by step touches twice the memory.
    private func reserve<Element>(_ values: inout [Element], elementByteCount: Int) {
        let count = min((end - position) / elementByteCount, 1 << 22)
        if values.isEmpty, count > 1000 { values.reserveCapacity(count) }
    }

    /// Steps over the head of a field, where the next one is this field once more and its head is a byte.
    private mutating func passes(_ field: WireField) -> Bool {
        guard position < end, field.number < 16,
            UInt32(bytes[position]) == field.number << 3 | UInt32(field.type.rawValue)
        else { return false }
        position += 1
        return true
    }

    /// The range of the elements of a repeated number, packed or a single one that is not.
    package mutating func elements(_ field: WireField, unpacked type: WireType) throws(OnnxReaderError) -> Range<Int> {
        guard field.type != .bytes else { return try payload(field) }
        try expect(type, in: field)
        let start = position
        try skip(field)
        return start..<position
    }

    /// A cursor over the elements of a packed field.
    package func elements(in range: Range<Int>) -> WireCursor {
        WireCursor(bytes, in: range, of: message, depth: depth)
    }

    package mutating func varint() throws(OnnxReaderError) -> UInt64 {
        if position < end, bytes[position] < 0x80 {
            defer { position += 1 }
            return UInt64(bytes[position])
        }
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else {
                throw OnnxReaderError(.wire, at: .offset(start), "a varint has more than 64 bits")
            }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw OnnxReaderError(.truncated, at: .offset(start), "`\(message)` ends inside a varint")
    }

    private mutating func fixedElements(
        _ field: WireField,
        width: Int
    ) throws(OnnxReaderError) -> StrideTo<Int> {
        let range = try payload(field)
        guard range.count.isMultiple(of: width) else {
            throw OnnxReaderError(
                .wire,
                at: .offset(field.offset),
                "packed field \(field.number) of `\(message)` has \(range.count) bytes, expected a multiple of \(width)"
            )
        }
        return stride(from: range.lowerBound, to: range.upperBound, by: width)
    }

    private func float(at offset: Int) -> Float {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    private mutating func take(_ count: Int) throws(OnnxReaderError) -> Range<Int> {
        guard count <= end - position else {
            throw OnnxReaderError(
                .truncated,
                at: .offset(position),
                "`\(message)` ends inside a field, \(count) bytes expected, \(end - position) are left"
            )
        }
        defer { position += count }
        return position..<(position + count)
    }

    private func expect(_ type: WireType, in field: WireField) throws(OnnxReaderError) {
        guard field.type == type else {
            throw OnnxReaderError(
                .wire,
                at: .offset(field.offset),
                "field \(field.number) of `\(message)` has wire type \(field.type.rawValue), expected \(type.rawValue)"
            )
        }
    }
}
