import Diagnostics

/// Bytes in which tables refer to each other by offset, read field by field within their bounds.
///
/// Tables may share what they refer to, so that a small file could describe much more than it holds: what is read in all
/// is bounded by a multiple of the size.
///
/// *Source*: FlatBuffers, "Internals": offsets are relative and unsigned, save that from a table to its vtable.
package final class FlatBuffer {
    let bytes: [UInt8]
    private var readableCount: Int

    /// How many times over the bytes may be read.
    private static let readLimit = 4

    /// A buffer of these bytes.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        readableCount = Self.readLimit * bytes.count
    }

    /// The outermost table.
    package func root() throws(ModelFormatError) -> FlatBufferTable {
        try FlatBufferTable(self, at: try target(of: 0))
    }

    /// Counts bytes that are read.
    func use(_ count: Int) throws(ModelFormatError) {
        guard readableCount >= count else {
            throw ModelFormatError(
                .tooLarge,
                "tables share too much, expected at most \(Self.readLimit) times the size of the data"
            )
        }
        readableCount -= count
    }

    /// A number that lies at an offset.
    func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) throws(ModelFormatError) -> Number {
        let size = MemoryLayout<Number>.size
        guard offset >= 0, offset <= bytes.count - size else {
            throw ModelFormatError(
                .truncated,
                at: .offset(max(0, offset)),
                "the data ends too soon, expected \(size) bytes, got \(max(0, bytes.count - offset))"
            )
        }
        try use(size)
        return bytes[offset..<offset + size].reversed().reduce(into: Number(0)) {
            $0 = ($0 << 8) | Number(truncatingIfNeeded: $1)
        }
    }

    /// Where the offset that lies at an offset leads.
    func target(of offset: Int) throws(ModelFormatError) -> Int {
        let distance = Int(try number(UInt32.self, at: offset))
        guard distance < bytes.count - offset else {
            throw ModelFormatError(.malformed, at: .offset(offset), "an offset leads \(distance) bytes beyond the data")
        }
        return offset + distance
    }

    /// The elements of a vector, each of a number of bytes: where the first lies, and how many there are.
    func vector(at offset: Int, elementByteCount: Int) throws(ModelFormatError) -> (start: Int, count: Int) {
        let count = Int(try number(UInt32.self, at: offset))
        guard count <= (bytes.count - offset - 4) / elementByteCount else {
            throw ModelFormatError(.malformed, at: .offset(offset), "a vector of \(count) elements leaves the data")
        }
        return (offset + 4, count)
    }
}
