extension JSONCursor {
    /// The number that comes next, with its text.
    package mutating func readNumber() throws(JSONError) -> JSONNumber {
        let literal = try scanNumber()
        return JSONNumber(text: String(decoding: bytes[literal.range], as: UTF8.self))
    }

    /// The number that comes next, as the type asked for.
    ///
    /// *Throws*: `type` when it is out of range, or has a fraction or an exponent where an integer is asked for.
    package mutating func read<Number: JSONNumeric>(_ type: Number.Type) throws(JSONError) -> Number {
        try Number.read(&self)
    }

    /// The array of numbers that comes next.
    ///
    /// *Throws*: `limit` when there are more than `limit`; what `read` throws.
    package mutating func readNumbers<Number: JSONNumeric>(
        as type: Number.Type,
        limit: Int = .max
    ) throws(JSONError) -> [Number] {
        var numbers: [Number] = []
        try enterArray()
        if try nextElement() { try readNumbers(into: &numbers, limit: limit) }
        return numbers
    }

    /// The rest of the array that was entered last, from the element that comes next to the array's end.
    ///
    /// *Parameter* limit: how many elements `numbers` may hold in the end.
    /// *Throws*: `limit` when there are more; what `read` throws.
    package mutating func readNumbers<Number: JSONNumeric>(
        into numbers: inout [Number],
        limit: Int = .max
    ) throws(JSONError) {
        try Number.readRest(&self, into: &numbers, limit: limit)
    }

    @inline(__always)
    mutating func readRestInline<Number>(
        into numbers: inout [Number],
        limit: Int,
        _ convert: (inout JSONCursor) throws(JSONError) -> Number
    ) throws(JSONError) {
        while true {
            guard numbers.count < limit else {
                throw error(.limit, "there are too many elements, expected at most \(limit)")
            }
            numbers.append(try convert(&self))
            skipSpace()
            guard offset < bytes.count else { throw unexpected(expected: "`,` or `]`") }
            let byte = bytes[offset]
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
                throw unexpected(expected: "`,` or `]`")
            }
            offset += 1
            if byte == UInt8(ascii: "]") { break }
        }
        leaveContainer()
    }

    @inline(__always)
    mutating func readIntegerInline<Integer: FixedWidthInteger>(as type: Integer.Type) throws(JSONError) -> Integer {
        let literal = try scanNumber()
        if let value = literal.integer(as: type) { return value }
        throw outOfRange(literal, expected: "an integer from \(Integer.min) to \(Integer.max)")
    }

    @inline(__always)
    mutating func readDoubleInline() throws(JSONError) -> Double {
        if let value = try nonFinite() { return value }
        let literal = try scanNumber()
        let value = literal.double(bytes)
        guard value.isFinite || literal.nonFinite != nil else {
            throw outOfRange(literal, expected: "a number within the range of a 64-bit float")
        }
        return value
    }

    @inline(__always)
    mutating func readFloatInline() throws(JSONError) -> Float {
        if let value = try nonFinite() { return Float(value) }
        let literal = try scanNumber()
        let value = literal.float(bytes)
        guard value.isFinite || literal.nonFinite != nil else {
            throw outOfRange(literal, expected: "a number within the range of a 32-bit float")
        }
        return value
    }

    @inline(__always)
    private mutating func nonFinite() throws(JSONError) -> Double? {
        guard limits.acceptsNonFiniteStrings || limits.readsNullAsNaN else { return nil }
        skipSpace()
        guard offset < bytes.count else { return nil }
        switch bytes[offset] {
        case UInt8(ascii: "\"") where limits.acceptsNonFiniteStrings: return try readNonFiniteString()
        case UInt8(ascii: "n") where limits.readsNullAsNaN:
            try readNull()
            return .nan
        default: return nil
        }
    }

    private mutating func readNonFiniteString() throws(JSONError) -> Double {
        let start = offset
        switch try readString() {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        case let text:
            offset = start
            throw error(.type, "the value is the string `\(text)`, expected a number")
        }
    }

    private mutating func outOfRange(_ literal: NumberLiteral, expected: String) -> JSONError {
        offset = literal.range.lowerBound
        let text = String(decoding: bytes[literal.range].prefix(40), as: UTF8.self)
        return error(.type, "the number is out of range, expected \(expected), got `\(text)`")
    }

    @inline(__always)
    mutating func scanNumber() throws(JSONError) -> NumberLiteral {
        skipSpace()
        guard offset < bytes.count else { throw unexpected(expected: "a number") }
        let first = bytes[offset]
        guard first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") <= 9 else { return try scanNonFinite() }
        var scanner = NumberScanner(start: offset)
        guard scanner.scan(bytes.span) else {
            if limits.acceptsNonFiniteLiterals, first == UInt8(ascii: "-") { return try scanNonFinite() }
            offset = scanner.offset
            throw unexpected(expected: "a digit")
        }
        guard scanner.offset - offset <= limits.numberByteCount else {
            throw error(.limit, "the number is too long, expected at most \(limits.numberByteCount) bytes")
        }
        offset = scanner.offset
        return scanner.literal
    }

    /// `NaN`, `Infinity` or `-Infinity` where they are accepted; else the error for what is no number.
    @inline(never)
    private mutating func scanNonFinite() throws(JSONError) -> NumberLiteral {
        try expect(.number)
        var literal = NumberLiteral(start: offset)
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") {
            literal.isNegative = true
            offset += 1
        }
        let isNaN = offset < bytes.count && bytes[offset] == UInt8(ascii: "N") && !literal.isNegative
        try take(isNaN ? "NaN" : "Infinity")
        literal.nonFinite = isNaN ? .nan : .infinity
        literal.range = start..<offset
        return literal
    }
}
