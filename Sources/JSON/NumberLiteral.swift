/// A number that has been found to follow the grammar: where it lies, and the digits that a `UInt64` holds.
struct NumberLiteral {
    /// The literals that are not of RFC 8259.
    enum NonFinite { case nan, infinity }

    var range: Range<Int>
    var isNegative = false
    /// The leading significant digits, as many as fit.
    var digits: UInt64 = 0
    /// Whether digits other than those in `digits` were seen.
    var isTruncated = false
    /// The power of ten that `digits` is multiplied with; meaningless when truncated.
    var exponent = 0
    /// Whether there is neither fraction nor exponent.
    var isInteger = true
    var nonFinite: NonFinite?

    init(start: Int) { range = start..<start }

    /// The literal that all of `bytes` are; they follow the grammar.
    init(scanned bytes: [UInt8]) {
        var scanner = NumberScanner(start: 0)
        _ = scanner.scan(bytes.span)
        self = scanner.literal
        guard let first = bytes.first(where: { $0 != UInt8(ascii: "-") }), first > UInt8(ascii: "9") else { return }
        isNegative = bytes.first == UInt8(ascii: "-")
        nonFinite = first == UInt8(ascii: "N") ? .nan : .infinity
    }

    /// The integer, when there is neither fraction nor exponent and it is in range.
    @inline(__always)
    func integer<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
        guard isInteger, !isTruncated, nonFinite == nil else { return nil }
        guard isNegative else { return Integer(exactly: digits) }
        guard digits <= UInt64(1) << 63 else { return nil }
        return Integer(exactly: Int64(truncatingIfNeeded: 0 &- digits))
    }

    /// The nearest double; infinite above the largest one.
    ///
    /// *Numerics*: digits up to 2^53 and powers up to 10^22 are exact doubles, so one operation rounds once
    /// (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990). The rest goes to the standard library.
    @inline(__always)
    func double(_ bytes: [UInt8]) -> Double {
        if !isTruncated, nonFinite == nil, digits <= 1 << 53, exponent >= -22, exponent <= 22 {
            let magnitude =
                exponent < 0
                ? Double(digits) / powersOfTen[-exponent] : Double(digits) * powersOfTen[exponent]
            return isNegative ? -magnitude : magnitude
        }
        return slowDouble(bytes)
    }

    /// The nearest float, rounded once; infinite above the largest one.
    ///
    /// *Numerics*: a double within 2 ulp of the number rounds to the same float as the number does, unless it lies
    /// that close to the middle between two floats; then, and below the normal range, the text itself is converted.
    @inline(__always)
    func float(_ bytes: [UInt8]) -> Float {
        if !isTruncated, nonFinite == nil, exponent >= -22, exponent <= 22 {
            let magnitude =
                exponent < 0
                ? Double(digits) / powersOfTen[-exponent] : Double(digits) * powersOfTen[exponent]
            let distance = Int(magnitude.bitPattern & 0x1FFF_FFFF) - 0x1000_0000
            if abs(distance) > 4, magnitude > 0x1p-120, magnitude < 0x1p127 {
                return Float(isNegative ? -magnitude : magnitude)
            }
        }
        return slowFloat(bytes)
    }

    @inline(never)
    private func slowDouble(_ bytes: [UInt8]) -> Double {
        switch nonFinite {
        case .nan: .nan
        case .infinity: isNegative ? -.infinity : .infinity
        case nil: Double(String(decoding: bytes[range], as: UTF8.self)) ?? .nan
        }
    }

    @inline(never)
    private func slowFloat(_ bytes: [UInt8]) -> Float {
        switch nonFinite {
        case .nan: .nan
        case .infinity: isNegative ? -.infinity : .infinity
        case nil: Float(String(decoding: bytes[range], as: UTF8.self)) ?? .nan
        }
    }
}

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
]

/// Walks over the grammar of a number (RFC 8259, section 6).
struct NumberScanner {
    var literal: NumberLiteral
    /// The byte that the scanner stands at.
    var offset: Int

    init(start: Int) {
        literal = NumberLiteral(start: start)
        offset = start
    }

    /// Scans one number; `false` when a digit is missing at `offset`.
    @inline(__always)
    mutating func scan(_ bytes: borrowing Span<UInt8>) -> Bool {
        let start = offset
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") {
            literal.isNegative = true
            offset += 1
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
            offset += 1
        } else if digits(bytes, scale: 0) == 0 {
            return false
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            literal.isInteger = false
            offset += 1
            if digits(bytes, scale: -1) == 0 { return false }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            literal.isInteger = false
            offset += 1
            if !exponent(bytes) { return false }
        }
        literal.range = start..<offset
        return true
    }

    /// Takes digits; returns how many.
    @inline(__always)
    private mutating func digits(_ bytes: borrowing Span<UInt8>, scale: Int) -> Int {
        let start = offset
        while offset < bytes.count {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            offset += 1
            let (shifted, overflow) = literal.digits.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit))
            if overflow || carry || literal.isTruncated {
                literal.isTruncated = true
            } else {
                literal.digits = sum
                literal.exponent += scale
            }
        }
        return offset - start
    }

    private mutating func exponent(_ bytes: borrowing Span<UInt8>) -> Bool {
        var isNegative = false
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") || bytes[offset] == UInt8(ascii: "+") {
            isNegative = bytes[offset] == UInt8(ascii: "-")
            offset += 1
        }
        let start = offset
        var value = 0
        while offset < bytes.count {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            offset += 1
            // Beyond this every double is 0 or infinite, and the exact value no longer matters to the fast paths.
            if value < 1_000_000 { value = value * 10 + Int(digit) }
        }
        literal.exponent += isNegative ? -value : value
        return offset > start
    }
}
