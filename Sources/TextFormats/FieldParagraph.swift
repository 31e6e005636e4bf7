/// A paragraph of fields: `Name: value`, longer values on indented lines.
///
/// For example:
///
///     let control = FieldParagraph.paragraphs(text).first
///     control?["package"]         // libc6
///     control?.words("source")    // ["glibc"]
package struct FieldParagraph: Sendable, Hashable {
    private struct Field: Sendable, Hashable {
        let name: String
        var value: String
    }

    private var fields: [Field] = []

    init() {}

    /// The headers at the start of a text in the manner of electronic mail, up to the first line that is none.
    ///
    /// *Source*: RFC 822, section 3.1, as far as packages of Python use it.
    package init(header text: some Collection<UInt8>) {
        var rest = text[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            rest = rest[line.endIndex...].dropFirst()
            guard add(line) else { break }
        }
    }

    /// Every paragraph of a control file; blank lines part them, and lines with `#` are left out.
    ///
    /// Of a field that stands twice in one the last counts.
    ///
    /// *Source*: Debian Policy 5.1; deb822(5).
    package static func paragraphs(_ text: some Sequence<UInt8>) -> [FieldParagraph] {
        var paragraphs: [FieldParagraph] = []
        var reader = ParagraphReader()
        reader.read(text) { paragraphs.append($0) }
        reader.finish { paragraphs.append($0) }
        return paragraphs
    }

    /// Whether there is no field.
    var isEmpty: Bool { fields.isEmpty }

    /// The first value of a field, whose name is given in lower case; `nil` when there is none, or an empty one.
    ///
    /// The lines of a value are joined by line feeds, without the white space around them.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// The values of a field that may stand more than once, without empty ones.
    package func values(_ name: String) -> [String] {
        fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    /// The words of a field that is a list.
    package func words(_ name: String) -> [String] {
        (self[name] ?? "").utf8.split { isBlank($0) || $0 == 0x0A }.map { String(Substring($0)) }
    }

    /// Takes in a line, and says whether it was one of a paragraph.
    ///
    /// *Parameter* replaces: whether a field takes the place of an earlier one of its name.
    @discardableResult mutating func add(_ line: some Collection<UInt8>, replaces: Bool = false) -> Bool {
        guard let first = line.first else { return false }
        if isBlank(first), first != 0x0D {
            guard let last = fields.indices.last else { return false }
            fields[last].value += "\n" + trimmed(line)
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let letters = line[..<colon].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let name = String(decoding: letters, as: UTF8.self)
        if replaces { fields.removeAll { $0.name == name } }
        fields.append(Field(name: name, value: trimmed(line[line.index(after: colon)...])))
        return true
    }
}

/// Whether a byte is white space within a line; lines of files from elsewhere end with a carriage return.
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

private func trimmed(_ text: some Collection<UInt8>) -> String {
    var bytes = Array(text.drop(while: isBlank))
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
}
