/// How JSON is laid out.
package enum JSONStyle: Sendable, Hashable {
    /// Without white space, keys in the order they have.
    case compact
    /// Without white space, keys sorted by their Unicode scalars: equal documents have equal bytes.
    case canonical
    /// Two spaces per level, keys in the order they have.
    case pretty
}

extension JSONValue {
    /// The text of the value in UTF-8.
    package func serialized(_ style: JSONStyle = .compact) -> [UInt8] {
        var writer = JSONWriter(style)
        writer.write(self)
        return writer.bytes
    }
}

/// A JSON text that grows at its end.
///
/// `write` puts whole values; `append` puts punctuation and text that is JSON already, for a caller that writes large
/// documents without building values.
package struct JSONWriter {
    /// The text so far.
    package private(set) var bytes: [UInt8] = []
    private let style: JSONStyle

    /// An empty text.
    package init(_ style: JSONStyle = .compact) { self.style = style }

    /// Appends a value.
    package mutating func write(_ value: JSONValue) { write(value, level: 0) }

    /// Appends text as it is.
    package mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends a string with its quotes.
    package mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case ..<0x20: bytes += Array("\\u00\(hexadecimal(byte))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a floating-point number in its shortest form, or the string for what is not finite.
    package mutating func write(_ value: Float) {
        if value.isFinite { bytes.append(contentsOf: value.description.utf8) } else { write(JSONValue(value)) }
    }

    /// Appends a floating-point number in its shortest form, or the string for what is not finite.
    package mutating func write(_ value: Double) {
        if value.isFinite { bytes.append(contentsOf: value.description.utf8) } else { write(JSONValue(value)) }
    }

    /// Appends an integer.
    package mutating func write(_ value: Int64) { bytes.append(contentsOf: value.description.utf8) }

    /// Appends an integer.
    package mutating func write(_ value: UInt64) { bytes.append(contentsOf: value.description.utf8) }

    /// Appends a truth value.
    package mutating func write(_ value: Bool) { append(value ? "true" : "false") }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): write(value)
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): write(text)
        case .array(let elements):
            writeContainer("[", "]", count: elements.count, level: level) { writer, index in
                writer.write(elements[index], level: level + 1)
            }
        case .object(let object):
            let members =
                style == .canonical
                ? object.members.sorted { Self.precedes($0.key, $1.key) }
                : object.members
            writeContainer("{", "}", count: members.count, level: level) { writer, index in
                writer.write(key: members[index].key)
                writer.write(members[index].value, level: level + 1)
            }
        }
    }

    /// Appends the key of a member with its colon.
    mutating func write(key: String) {
        write(key)
        append(style == .pretty ? ": " : ":")
    }

    /// Whether a key comes first in the canonical order.
    static func precedes(_ key: String, _ other: String) -> Bool {
        key.unicodeScalars.lexicographicallyPrecedes(other.unicodeScalars)
    }

    /// The text so far, after which the writer holds none.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func writeContainer(
        _ open: StaticString,
        _ close: StaticString,
        count: Int,
        level: Int,
        _ writeElement: (inout JSONWriter, Int) -> Void
    ) {
        append(open)
        for index in 0..<count {
            if index > 0 { append(",") }
            breakLine(level: level + 1)
            writeElement(&self, index)
        }
        if count > 0 { breakLine(level: level) }
        append(close)
    }

    mutating func breakLine(level: Int) {
        guard style == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }
}
