package import Diagnostics

extension JSONCursor {
    /// The line and column of what is read next, behind any white space.
    package var place: Place {
        var ahead = self
        ahead.skipSpace()
        return place(of: ahead.offset)
    }

    private func place(of offset: Int) -> Place {
        var line = 1
        var column = 1
        for byte in bytes[..<min(offset, bytes.count)] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return .line(line, column: column)
    }

    /// A failure at the byte that is read next, for a caller that refuses what stands there.
    package func error(_ code: JSONCode, _ message: String) -> JSONError {
        JSONError(code, at: place, message)
    }

    /// The failure that the text does not go on as it must.
    func unexpected(expected: String) -> JSONError {
        guard offset < bytes.count else {
            return JSONError(.truncated, at: place(of: offset), "the text ends early, expected \(expected)")
        }
        let byte = bytes[offset]
        let isPrintable = byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "`")
        let got = isPrintable ? "`\(Character(Unicode.Scalar(byte)))`" : "byte 0x" + hexadecimal(byte)
        return JSONError(.syntax, at: place(of: offset), "wrong character, expected \(expected), got \(got)")
    }
}

/// Two hexadecimal digits.
func hexadecimal(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return text.utf8.count == 1 ? "0" + text : text
}
