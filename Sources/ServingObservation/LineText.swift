/// A line of JSON in ASCII that grows at its end: whatever else its strings hold is escaped, so that no client can break a
/// line or a terminal.
package struct LineText {
    /// The line so far.
    package private(set) var bytes: [UInt8] = []

    /// An empty line.
    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Appends text that is JSON already.
    package mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// Appends text that is JSON already.
    package mutating func append(json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

    /// Appends a number.
    package mutating func append(_ number: Int) { bytes.append(contentsOf: number.description.utf8) }

    /// Appends a string with its quotes.
    package mutating func append(string: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C: bytes += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
            case 0x20...0x7E: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default: for unit in String(scalar).utf16 { escape(unit) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ unit: UInt16) {
        bytes += Array("\\u".utf8)
        for shift in [12, 8, 4, 0] { bytes.append(hexadecimalDigit(unit >> UInt16(shift))) }
    }
}

/// The digit of the lowest four bits.
func hexadecimalDigit(_ value: some BinaryInteger) -> UInt8 {
    let digit = UInt8(truncatingIfNeeded: value) & 15
    return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
}

/// A number with all its digits of base 16, in lower case.
func hexadecimal(_ value: UInt64) -> String {
    String(decoding: (0..<16).map { hexadecimalDigit(value >> UInt64(60 - 4 * $0)) }, as: UTF8.self)
}
