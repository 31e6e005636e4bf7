/// One stanza of a control file: the values by the lower-case names of their fields.
///
/// *Source*: deb822(5).
package struct ControlStanza: Sendable, Hashable {
    private var fields: [String: String] = [:]

    /// The value of a field, its lines joined by line feeds, without the white space that they start with.
    package subscript(name: String) -> String? { fields[name] }

    /// The words of a field that is a list.
    package func words(_ name: String) -> [String] {
        fields[name].map { text in
            text.utf8.split { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }.map { String(Substring($0)) }
        } ?? []
    }

    /// Every stanza of a control file; lines with `#` are left out.
    package static func stanzas(_ bytes: some Collection<UInt8>) -> [ControlStanza] {
        var stanzas: [ControlStanza] = []
        var stanza = ControlStanza()
        var current: String?
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.first == UInt8(ascii: "#") { continue }
            let text = line.drop { isBlank($0) }
            if text.isEmpty {
                if !stanza.fields.isEmpty { stanzas.append(stanza) }
                stanza = ControlStanza()
                current = nil
            } else if text.startIndex != line.startIndex {
                if let current { stanza.fields[current, default: ""] += "\n" + trimmed(text) }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = String(decoding: line[..<colon].map(lowerCase), as: UTF8.self)
                stanza.fields[name] = trimmed(line[line.index(after: colon)...].drop { isBlank($0) })
                current = name
            }
        }
        if !stanza.fields.isEmpty { stanzas.append(stanza) }
        return stanzas
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func lowerCase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// The text without the carriage return of a file from elsewhere.
    private static func trimmed(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.utf8.last == 0x0D ? String(decoding: text.utf8.dropLast(), as: UTF8.self) : text
    }
}
