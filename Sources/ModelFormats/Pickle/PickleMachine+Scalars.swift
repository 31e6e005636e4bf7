import Diagnostics

extension PickleMachine {
    /// The value that an opcode without operands on the stack spells out.
    mutating func scalar(_ opcode: PickleOpcode) throws(ModelFormatError) -> PickleNode {
        switch opcode {
        case .newTrue: .bool(true)
        case .newFalse: .bool(false)
        case .int: try intLine()
        case .binInt: .int(Int(try cursor.littleEndian(Int32.self)))
        case .binInt1: .int(Int(try cursor.byte()))
        case .binInt2: .int(Int(try cursor.littleEndian(UInt16.self)))
        case .long: try longLine()
        case .long1: integer(try cursor.take(Int(try cursor.byte())))
        case .long4: integer(try cursor.take(Int(try cursor.littleEndian(Int32.self))))
        case .float: try floatLine()
        case .binFloat: .float(Double(bitPattern: try cursor.bigEndian(UInt64.self)))
        case .string: .string(try quotedLine())
        case .unicode: .string(unescaped(try cursor.line()))
        case .binString: text(try cursor.take(Int(try cursor.littleEndian(Int32.self))))
        case .shortBinString: text(try cursor.take(Int(try cursor.byte())))
        case .binUnicode: text(try cursor.take(Int(try cursor.littleEndian(UInt32.self))))
        case .shortBinUnicode: text(try cursor.take(Int(try cursor.byte())))
        case .binUnicode8: text(try cursor.take(try cursor.length()))
        case .binBytes: .bytes(try cursor.take(Int(try cursor.littleEndian(UInt32.self))))
        case .shortBinBytes: .bytes(try cursor.take(Int(try cursor.byte())))
        case .binBytes8, .byteArray8: .bytes(try cursor.take(try cursor.length()))
        default: .none
        }
    }

    /// A decimal number on a line of its own.
    mutating func decimal() throws(ModelFormatError) -> Int {
        let line = String(decoding: try cursor.line(), as: UTF8.self)
        guard let number = Int(line) else {
            throw ModelFormatError(.malformed, "`\(line.prefix(40))` is not a number")
        }
        return number
    }

    /// A name on a line of its own.
    mutating func nameLine() throws(ModelFormatError) -> String {
        String(decoding: try cursor.line(), as: UTF8.self)
    }

    // SPEC: pickletools: in protocol 0, `I00` and `I01` are the booleans.
    private mutating func intLine() throws(ModelFormatError) -> PickleNode {
        let line = try cursor.line()
        if line.elementsEqual("00".utf8) { return .bool(false) }
        if line.elementsEqual("01".utf8) { return .bool(true) }
        return try number(line)
    }

    private mutating func longLine() throws(ModelFormatError) -> PickleNode {
        let line = try cursor.line()
        return try number(line.last == UInt8(ascii: "L") ? line.dropLast() : line)
    }

    private func number(_ line: ArraySlice<UInt8>) throws(ModelFormatError) -> PickleNode {
        let digits = line.first == UInt8(ascii: "-") ? line.dropFirst() : line
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            let text = String(decoding: line.prefix(40), as: UTF8.self)
            throw ModelFormatError(.malformed, "`\(text)` is not a number")
        }
        return Int(String(decoding: line.prefix(40), as: UTF8.self)).map { .int($0) } ?? .bigInt
    }

    private mutating func floatLine() throws(ModelFormatError) -> PickleNode {
        let line = String(decoding: try cursor.line().prefix(400), as: UTF8.self)
        guard let number = Double(line) else {
            throw ModelFormatError(.malformed, "`\(line.prefix(40))` is not a number")
        }
        return .float(number)
    }

    private func integer(_ bytes: ArraySlice<UInt8>) -> PickleNode {
        guard bytes.count <= 8 else { return .bigInt }
        let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
        return .int(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> PickleNode {
        .string(String(decoding: bytes, as: UTF8.self))
    }

    /// A string as `repr` writes it, on a line of its own.
    private mutating func quotedLine() throws(ModelFormatError) -> String {
        let line = try cursor.line()
        guard line.count >= 2, let quote = line.first, quote == line.last, [0x22, 0x27].contains(quote) else {
            throw ModelFormatError(.malformed, "a string stands without quotes")
        }
        return unescaped(line.dropFirst().dropLast())
    }

    /// Text with the escapes of Python: `\n`, `\x41`, `\u0041`, `\U00000041`; bytes outside ASCII are Latin-1.
    private func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.first else {
                text.append(Unicode.Scalar(byte))
                continue
            }
            let digitCount: Int? =
                switch kind {
                case UInt8(ascii: "x"): 2
                case UInt8(ascii: "u"): 4
                case UInt8(ascii: "U"): 8
                default: nil
                }
            if let digitCount {
                let digits = rest.dropFirst().prefix(digitCount)
                if digits.count == digitCount, let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) {
                    text.append(Unicode.Scalar(code) ?? "\u{FFFD}")
                    rest = rest.dropFirst(1 + digitCount)
                    continue
                }
            }
            let escapes: [UInt8: Unicode.Scalar] = [
                UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t", UInt8(ascii: "\\"): "\\",
                UInt8(ascii: "'"): "'", UInt8(ascii: "\""): "\"",
            ]
            if let escape = escapes[kind] {
                text.append(escape)
                rest = rest.dropFirst()
            } else {
                text.append("\\")
            }
        }
        return String(text)
    }
}
