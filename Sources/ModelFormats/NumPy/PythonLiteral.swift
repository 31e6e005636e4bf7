import Diagnostics

/// The Python literals that the header of an npy file is made of.
enum PythonLiteral: Equatable {
    case none
    case bool(Bool)
    case int(Int)
    case string(String)
    case tuple([PythonLiteral])
    case list([PythonLiteral])
    case dict([String: PythonLiteral])

    static let depthLimit = 16

    /// Reads one literal, with nothing but white space behind it.
    static func parse(_ bytes: some Collection<UInt8>) throws(ModelFormatError) -> PythonLiteral {
        var parser = PythonLiteralParser(bytes: Array(bytes))
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.isAtEnd else { throw parser.error("expected the end") }
        return value
    }
}

private struct PythonLiteralParser {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[offset] }

    func error(_ expectation: String) -> ModelFormatError {
        let got = next.map { "`\(Character(Unicode.Scalar($0)))`" } ?? "the end"
        return ModelFormatError(
            .malformed,
            at: .item("header", "offset \(offset)"),
            "not a Python literal, \(expectation), got \(got)"
        )
    }

    mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { offset += 1 }
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    mutating func value(depth: Int) throws(ModelFormatError) -> PythonLiteral {
        guard depth < PythonLiteral.depthLimit else {
            throw ModelFormatError(
                .tooDeep,
                "literals nest too deep, expected at most \(PythonLiteral.depthLimit) levels"
            )
        }
        skipSpace()
        guard let first = next else { throw error("expected a value") }
        switch first {
        case UInt8(ascii: "{"): return try dict(depth: depth)
        case UInt8(ascii: "("): return try sequence(closing: ")", depth: depth)
        case UInt8(ascii: "["): return .list(try elements(closing: "]", depth: depth).values)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return try int()
        default: return try word()
        }
    }

    private mutating func word() throws(ModelFormatError) -> PythonLiteral {
        for (word, value) in [("True", PythonLiteral.bool(true)), ("False", .bool(false)), ("None", .none)]
        where bytes[offset...].starts(with: word.utf8) {
            offset += word.utf8.count
            return value
        }
        throw error("expected a value")
    }

    private mutating func int() throws(ModelFormatError) -> PythonLiteral {
        let start = offset
        if next == UInt8(ascii: "-") { offset += 1 }
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        guard let value = Int(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
            throw error("expected an integer")
        }
        if next == UInt8(ascii: "L") { offset += 1 }
        return .int(value)
    }

    private mutating func string() throws(ModelFormatError) -> String {
        let quote = bytes[offset]
        offset += 1
        let start = offset
        while let byte = next, byte != quote {
            guard byte != UInt8(ascii: "\\") else { throw error("expected a string without escapes") }
            offset += 1
        }
        guard !isAtEnd else { throw error("expected the end of the string") }
        defer { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func sequence(closing: Unicode.Scalar, depth: Int) throws(ModelFormatError) -> PythonLiteral {
        let (values, endsInComma) = try elements(closing: closing, depth: depth)
        return values.count == 1 && !endsInComma ? values[0] : .tuple(values)
    }

    private mutating func elements(
        closing: Unicode.Scalar,
        depth: Int
    ) throws(ModelFormatError) -> (values: [PythonLiteral], endsInComma: Bool) {
        offset += 1
        var values: [PythonLiteral] = []
        while !skip(closing) {
            values.append(try value(depth: depth + 1))
            guard !skip(",") else {
                guard !skip(closing) else { return (values, true) }
                continue
            }
            guard skip(closing) else { throw error("expected `,` or `\(closing)`") }
            return (values, false)
        }
        return (values, true)
    }

    private mutating func dict(depth: Int) throws(ModelFormatError) -> PythonLiteral {
        offset += 1
        var values: [String: PythonLiteral] = [:]
        while !skip("}") {
            guard case .string(let key) = try value(depth: depth + 1) else { throw error("expected a string as key") }
            guard skip(":") else { throw error("expected `:`") }
            guard values.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw error("expected `\(key)` once")
            }
            guard skip(",") || next == UInt8(ascii: "}") else { throw error("expected `,` or `}`") }
        }
        return .dict(values)
    }
}
