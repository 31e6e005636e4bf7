/// The fields of a paragraph: of Debian's control files, and of the metadata of Python's distributions.
///
/// *Source*: Debian Policy 5.1; Core metadata specifications of the Python Packaging Authority. What follows an empty line
/// is another paragraph.
struct ControlFields {
    private var values: [String: [String]] = [:]

    init(_ lines: some Sequence<Substring>) {
        var key: String?
        for line in lines {
            if line.isEmpty { break }
            if line.first == " " || line.first == "\t" {
                guard let key, var last = values[key]?.popLast() else { continue }
                last += "\n" + line.drop { $0 == " " || $0 == "\t" }
                values[key, default: []].append(last)
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            values[name, default: []].append(String(line[line.index(after: colon)...].drop { $0 == " " }))
            key = name
        }
    }

    /// The paragraphs of a text.
    static func paragraphs(_ bytes: [UInt8]) -> [ControlFields] {
        textLines(bytes).split { $0.allSatisfy { $0 == " " || $0 == "\t" } }.map { ControlFields($0) }
    }

    /// The first value of a field; `nil` when there is none, or an empty one.
    subscript(name: String) -> String? { all(name).first }

    /// The values of a field that may stand more than once.
    func all(_ name: String) -> [String] { (values[name] ?? []).filter { !$0.isEmpty } }
}

/// The lines of a text, with either kind of end.
func textLines(_ bytes: [UInt8]) -> [Substring] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
        Substring(String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self))
    }
}
