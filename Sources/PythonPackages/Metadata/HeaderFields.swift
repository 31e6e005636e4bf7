/// The fields at the start of a text in the manner of electronic mail: `Name: value`, longer values on indented lines.
///
/// *Source*: RFC 822, section 3.1, as far as packages of Python use it.
struct HeaderFields {
    /// Names in lower case, in the order of the text.
    let fields: [(name: String, value: String)]

    /// Reads the fields up to the first empty line.
    init(_ bytes: [UInt8]) {
        var fields: [(name: String, value: String)] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard let first = line.first else { break }
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                guard let last = fields.indices.last else { break }
                fields[last].value += "\n" + String(decoding: line, as: UTF8.self)
            } else {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { break }
                let name = lowercasedASCII(String(decoding: line[..<colon], as: UTF8.self))
                fields.append((name, trimmed(String(decoding: line[(colon + 1)...], as: UTF8.self))))
            }
        }
        self.fields = fields
    }

    /// The first value of a field, whose name is given in lower case; `nil` for an empty one.
    subscript(name: String) -> String? { values(name).first.flatMap { $0.isEmpty ? nil : $0 } }

    /// All values of a field, whose name is given in lower case.
    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}
