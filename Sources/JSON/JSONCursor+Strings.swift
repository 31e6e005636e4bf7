extension JSONCursor {
    /// The string that comes next.
    ///
    /// *Throws*: `encoding` when it is not UTF-8 or names half of a surrogate pair.
    package mutating func readString() throws(JSONError) -> String {
        try expect(.string)
        offset += 1
        let start = offset
        try scanPlainCharacters()
        if bytes[offset] == UInt8(ascii: "\"") {
            let text = try decode(bytes[start..<offset], at: start)
            offset += 1
            return text
        }
        return try readEscapedString(from: start)
    }

    mutating func skipString() throws(JSONError) { _ = try readString() }

    /// Goes on to the next quote or backslash.
    private mutating func scanPlainCharacters() throws(JSONError) {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x20 else { throw unexpected(expected: "an escape such as `\\n` in a string") }
            offset += 1
        }
        throw unexpected(expected: "`\"`")
    }

    private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
        var text = try decode(bytes[start..<offset], at: start)
        while bytes[offset] == UInt8(ascii: "\\") {
            text.unicodeScalars.append(try readEscape())
            let start = offset
            try scanPlainCharacters()
            text += try decode(bytes[start..<offset], at: start)
        }
        offset += 1
        return text
    }

    private mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
        offset += 1
        guard offset < bytes.count else { throw unexpected(expected: "an escape") }
        let scalar: Unicode.Scalar
        switch bytes[offset] {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{08}"
        case UInt8(ascii: "f"): scalar = "\u{0C}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"): return try readUnicodeEscape()
        default: throw unexpected(expected: "one of `\"\\/bfnrtu` behind `\\`")
        }
        offset += 1
        return scalar
    }

    /// A `\u` escape, or the two that make a surrogate pair; stands at the `u`.
    private mutating func readUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = offset - 1
        offset += 1
        let high = try readFourDigits()
        if let scalar = Unicode.Scalar(high) { return scalar }
        let hasPartner = offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "\\")
        if hasPartner, bytes[offset + 1] == UInt8(ascii: "u"), high & 0xFC00 == 0xD800 {
            offset += 2
            let low = try readFourDigits()
            let value = 0x10000 + (UInt32(high & 0x3FF) << 10) + UInt32(low & 0x3FF)
            if low & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(value) { return scalar }
        }
        offset = start
        throw error(
            .encoding,
            "`\\u\(hexadecimal(UInt8(high >> 8)))\(hexadecimal(UInt8(high & 0xFF)))` is half of a surrogate pair"
        )
    }

    private mutating func readFourDigits() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard offset < bytes.count, let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
                throw unexpected(expected: "a hexadecimal digit")
            }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }

    private mutating func decode(_ slice: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> String {
        if let text = String(validating: slice, as: UTF8.self) { return text }
        var wrong = 0
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: slice.span)
        } catch {
            wrong = error.byteOffsets.lowerBound
        }
        offset = start + wrong
        throw error(.encoding, "the string is not UTF-8, got byte 0x\(hexadecimal(bytes[offset]))")
    }
}
