import Diagnostics
package import OnnxReader
package import ServingCore

/// Reads the fields of a message of a call, one after the other.
package struct MessageReader {
    private let message: [UInt8]
    private var cursor: WireCursor

    /// Reads a message with what `body` does with each field; fields that it returns `false` for are stepped over.
    package static func read(
        _ message: [UInt8],
        _ name: StaticString,
        _ body: (inout MessageReader, WireField) throws(ServingError) -> Bool
    ) throws(ServingError) {
        try read(message, message.indices, name, depth: 0, body)
    }

    private static func read(
        _ message: [UInt8],
        _ range: Range<Int>,
        _ name: StaticString,
        depth: Int,
        _ body: (inout MessageReader, WireField) throws(ServingError) -> Bool
    ) throws(ServingError) {
        try message.span.bytes.withUnsafeBytes { bytes throws(ServingError) in
            let cursor = WireCursor(bytes, in: range, of: name, depth: depth)
            var reader = MessageReader(message: message, cursor: cursor)
            while let field = try reader.wire({ cursor throws(OnnxReaderError) in try cursor.next() }) {
                guard try !body(&reader, field) else { continue }
                try reader.wire { cursor throws(OnnxReaderError) in try cursor.skip(field) }
            }
        }
    }

    /// Reads a message in a field.
    package mutating func message(
        _ field: WireField,
        _ name: StaticString,
        _ body: (inout MessageReader, WireField) throws(ServingError) -> Bool
    ) throws(ServingError) {
        try Self.read(message, try range(field), name, depth: cursor.depth + 1, body)
    }

    /// Where the bytes of a field stand in the whole message.
    package mutating func range(_ field: WireField) throws(ServingError) -> Range<Int> {
        try wire { cursor throws(OnnxReaderError) in try cursor.payload(field) }
    }

    /// The text of a field.
    package mutating func string(_ field: WireField) throws(ServingError) -> String {
        guard let text = String(validating: message[try range(field)], as: UTF8.self) else {
            throw ServingError(.request, "field \(field.number) of `\(cursor.message)` is not UTF-8")
        }
        return text
    }

    /// The whole number of a field.
    package mutating func varint(_ field: WireField) throws(ServingError) -> UInt64 {
        try wire { cursor throws(OnnxReaderError) in try cursor.varint(field) }
    }

    /// The truth value of a field.
    package mutating func bool(_ field: WireField) throws(ServingError) -> Bool { try varint(field) != 0 }

    /// Appends the elements of a repeated whole number, packed or not, in the form that `convert` gives them.
    ///
    /// *Throws*: `request` for an element that `convert` has no form for.
    package mutating func append<Element>(
        _ field: WireField,
        to elements: inout [Element],
        _ convert: (UInt64) -> Element?
    ) throws(ServingError) {
        var values = try wire { cursor throws(OnnxReaderError) in
            cursor.elements(in: try cursor.elements(field, unpacked: .varint))
        }
        while !values.isAtEnd {
            let value = try Self.converting { () throws(OnnxReaderError) in try values.varint() }
            guard let element = convert(value) else {
                throw ServingError(
                    .request,
                    "field \(field.number) of `\(cursor.message)` has \(Int64(bitPattern: value)), "
                        + "expected a value of \(Element.self)"
                )
            }
            elements.append(element)
        }
    }

    /// Appends the elements of a repeated number of a fixed size, packed or not.
    mutating func append<Element: BitwiseCopyable>(
        _ field: WireField,
        to elements: inout [Element],
        unpacked type: WireType
    ) throws(ServingError) {
        let range = try wire { cursor throws(OnnxReaderError) in try cursor.elements(field, unpacked: type) }
        let size = MemoryLayout<Element>.size
        guard range.count.isMultiple(of: size) else {
            throw ServingError(
                .request,
                "field \(field.number) of `\(cursor.message)` has \(range.count) bytes, expected a multiple of \(size)"
            )
        }
        message.span.bytes.withUnsafeBytes { bytes in
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: size) {
                elements.append(bytes.loadUnaligned(fromByteOffset: offset, as: Element.self))
            }
        }
    }

    private mutating func wire<Result>(
        _ body: (inout WireCursor) throws(OnnxReaderError) -> Result
    ) throws(ServingError) -> Result {
        do throws(OnnxReaderError) { return try body(&cursor) } catch { throw Self.refusal(error) }
    }

    private static func converting<Result>(
        _ body: () throws(OnnxReaderError) -> Result
    ) throws(ServingError) -> Result {
        do throws(OnnxReaderError) { return try body() } catch { throw refusal(error) }
    }

    private static func refusal(_ error: OnnxReaderError) -> ServingError {
        ServingError(.request, at: error.place, error.message)
    }
}
