import Diagnostics

/// A place in bytes that moves forward and never past the end.
struct ByteCursor {
    let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var remaining: Int { bytes.count - offset }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(ModelFormatError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw ModelFormatError(
                .truncated,
                at: .offset(offset),
                "the data ends too soon, expected \(count) bytes, got \(remaining)"
            )
        }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func byte() throws(ModelFormatError) -> UInt8 {
        guard offset < bytes.count else {
            throw ModelFormatError(.truncated, at: .offset(offset), "the data ends too soon, expected 1 byte, got 0")
        }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func littleEndian<Number: FixedWidthInteger>(_ type: Number.Type) throws(ModelFormatError) -> Number {
        let size = MemoryLayout<Number>.size
        return try take(size).reversed().reduce(into: Number(0)) { $0 = $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type) throws(ModelFormatError) -> Number {
        try take(MemoryLayout<Number>.size).reduce(into: Number(0)) { $0 = $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    /// The bytes up to a line feed, which is passed over and not part of them.
    mutating func line() throws(ModelFormatError) -> ArraySlice<UInt8> {
        guard let end = bytes[offset...].firstIndex(of: 0x0A) else {
            throw ModelFormatError(.truncated, at: .offset(offset), "the data ends too soon, expected a line feed")
        }
        defer { offset = end + 1 }
        return bytes[offset..<end]
    }

    /// A length that the file states in eight bytes; it may not pass what is left.
    mutating func length() throws(ModelFormatError) -> Int {
        let start = offset
        let length = try littleEndian(UInt64.self)
        guard length <= UInt64(remaining) else {
            throw ModelFormatError(
                .truncated,
                at: .offset(start),
                "the data ends too soon, expected \(length) bytes, got \(remaining)"
            )
        }
        return Int(length)
    }
}
