import Diagnostics

/// A table of a buffer; fields are numbered from 0 in the order of the schema, and may be missing.
package struct FlatBufferTable {
    private let buffer: FlatBuffer
    private let position: Int
    private let vtable: Int
    private let fieldCount: Int

    init(_ buffer: FlatBuffer, at position: Int) throws(ModelFormatError) {
        self.buffer = buffer
        self.position = position
        let distance = Int(try buffer.number(Int32.self, at: position))
        vtable = position - distance
        let byteCount = Int(try buffer.number(UInt16.self, at: vtable))
        guard byteCount >= 4 else {
            throw ModelFormatError(.malformed, at: .offset(position), "a table has no fields table")
        }
        fieldCount = (byteCount - 4) / 2
    }

    private func place(of field: Int) throws(ModelFormatError) -> Int? {
        guard field < fieldCount else { return nil }
        let offset = Int(try buffer.number(UInt16.self, at: vtable + 4 + 2 * field))
        return offset == 0 ? nil : position + offset
    }

    private func target(of field: Int) throws(ModelFormatError) -> Int? {
        guard let place = try place(of: field) else { return nil }
        return try buffer.target(of: place)
    }

    /// A whole number; `fallback` where it is missing.
    package func integer<Number: FixedWidthInteger>(
        _ field: Int,
        fallback: Number
    ) throws(ModelFormatError) -> Number {
        guard let place = try place(of: field) else { return fallback }
        return try buffer.number(Number.self, at: place)
    }

    /// A float; `fallback` where it is missing.
    package func float(_ field: Int, fallback: Float) throws(ModelFormatError) -> Float {
        Float(bitPattern: try integer(field, fallback: fallback.bitPattern))
    }

    /// A double; `fallback` where it is missing.
    package func double(_ field: Int, fallback: Double) throws(ModelFormatError) -> Double {
        Double(bitPattern: try integer(field, fallback: fallback.bitPattern))
    }

    /// Text; `nil` where it is missing.
    package func string(_ field: Int) throws(ModelFormatError) -> String? {
        guard let target = try target(of: field) else { return nil }
        return String(decoding: try bytes(at: target), as: UTF8.self)
    }

    /// A vector of bytes; empty where it is missing.
    package func bytes(_ field: Int) throws(ModelFormatError) -> ArraySlice<UInt8> {
        guard let target = try target(of: field) else { return [] }
        return try bytes(at: target)
    }

    private func bytes(at target: Int) throws(ModelFormatError) -> ArraySlice<UInt8> {
        let (start, count) = try buffer.vector(at: target, elementByteCount: 1)
        try buffer.use(count)
        return buffer.bytes[start..<start + count]
    }

    /// A vector of texts; empty where it is missing.
    package func strings(_ field: Int) throws(ModelFormatError) -> [String] {
        guard let target = try target(of: field) else { return [] }
        let (start, count) = try buffer.vector(at: target, elementByteCount: 4)
        var strings: [String] = []
        for index in 0..<count {
            strings.append(
                String(decoding: try bytes(at: try buffer.target(of: start + 4 * index)), as: UTF8.self)
            )
        }
        return strings
    }

    /// Another table; `nil` where it is missing.
    package func table(_ field: Int) throws(ModelFormatError) -> FlatBufferTable? {
        guard let target = try target(of: field) else { return nil }
        return try FlatBufferTable(buffer, at: target)
    }

    /// A vector of tables; empty where it is missing.
    package func tables(_ field: Int) throws(ModelFormatError) -> [FlatBufferTable] {
        guard let target = try target(of: field) else { return [] }
        let (start, count) = try buffer.vector(at: target, elementByteCount: 4)
        var tables: [FlatBufferTable] = []
        for index in 0..<count {
            tables.append(try FlatBufferTable(buffer, at: try buffer.target(of: start + 4 * index)))
        }
        return tables
    }

    /// A vector of whole numbers; empty where it is missing.
    package func integers<Number: FixedWidthInteger>(
        _ field: Int,
        of type: Number.Type
    ) throws(ModelFormatError) -> [Number] {
        guard let target = try target(of: field) else { return [] }
        let size = MemoryLayout<Number>.size
        let (start, count) = try buffer.vector(at: target, elementByteCount: size)
        var numbers: [Number] = []
        numbers.reserveCapacity(count)
        for index in 0..<count { numbers.append(try buffer.number(Number.self, at: start + size * index)) }
        return numbers
    }

    /// A vector of floats; empty where it is missing.
    package func floats(_ field: Int) throws(ModelFormatError) -> [Float] {
        try integers(field, of: UInt32.self).map { Float(bitPattern: $0) }
    }

    /// A vector of doubles; empty where it is missing.
    package func doubles(_ field: Int) throws(ModelFormatError) -> [Double] {
        try integers(field, of: UInt64.self).map { Double(bitPattern: $0) }
    }
}
