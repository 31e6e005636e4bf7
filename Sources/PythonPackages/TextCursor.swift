/// A place in the bytes of a text that is read from left to right.
struct TextCursor {
    let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ text: some StringProtocol) {
        bytes = ArraySlice(Array(text.utf8))
        position = 0
    }

    var isAtEnd: Bool { position >= bytes.endIndex }

    /// The next byte, which stays; `nil` at the end.
    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    /// What is left.
    var rest: String { String(decoding: bytes[position...], as: UTF8.self) }

    mutating func skipSpace() { _ = takeWhile(isSpace) }

    mutating func take(_ text: StaticString) -> Bool {
        let isThere = text.withUTF8Buffer { bytes[position...].starts(with: $0) }
        if isThere { position += text.utf8CodeUnitCount }
        return isThere
    }

    /// Takes one byte that fits; `false` when the next does not.
    mutating func take(where fits: (UInt8) -> Bool) -> Bool {
        guard let next, fits(next) else { return false }
        position += 1
        return true
    }

    mutating func takeWhile(_ fits: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = bytes[position...].prefix(while: fits)
        position = taken.endIndex
        return taken
    }

    mutating func takeText(_ fits: (UInt8) -> Bool) -> String { String(decoding: takeWhile(fits), as: UTF8.self) }

    mutating func goBack(to position: Int) { self.position = max(0, min(position, self.position)) }
}

func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

/// The separators of parts of versions and names: `-`, `_`, `.`.
func isSeparator(_ byte: UInt8) -> Bool { byte == 0x2D || byte == 0x5F || byte == 0x2E }

/// A text without white space at its ends.
func trimmed(_ text: some StringProtocol) -> String {
    let bytes = Array(text.utf8).drop(while: isSpace)
    let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? bytes.startIndex
    return String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
}

/// The parts of a text between the bytes that `separates` accepts; bytes, because to Swift a separator with an accent
/// behind it is another character.
func split(_ text: some StringProtocol, keepsEmpty: Bool = false, where separates: (UInt8) -> Bool) -> [String] {
    Array(text.utf8).split(omittingEmptySubsequences: !keepsEmpty, whereSeparator: separates)
        .map { String(decoding: $0, as: UTF8.self) }
}

/// A text in lower case where it is ASCII.
func lowercasedASCII(_ text: some StringProtocol) -> String {
    String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
}
