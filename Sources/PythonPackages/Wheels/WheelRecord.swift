import ContentStore
import Diagnostics
import TextFormats

/// The list of a wheel's files with their digests and sizes.
///
/// *Source*: PEP 376 and PEP 427, RECORD.
struct WheelRecord {
    /// What is said of a file; all of it may be missing for the list itself and for its signatures.
    struct Row: Hashable {
        let path: String
        /// `sha256=` and the digest in base64.
        let hash: String
        let byteCount: Int?
    }

    let rows: [String: Row]

    /// Reads a list.
    ///
    /// *Parameter* rowLimit: the most rows that it may have.
    /// *Throws*: `wheel` with the line of a row of another form, and for a path that stands in two different rows.
    init(_ bytes: [UInt8], rowLimit: Int) throws(PythonPackageError) {
        var rows: [String: Row] = [:]
        var parser = CommaSeparatedRows(bytes)
        while let fields = try parser.next() {
            guard fields != [""] else { continue }
            let place = Place.line(parser.line, column: 1)
            guard fields.count == 3 else {
                throw PythonPackageError(.wheel, at: place, "the row has \(fields.count) fields, expected 3")
            }
            let byteCount = fields[2].utf8.allSatisfy(isDigit) ? Int(fields[2]) : nil
            guard fields[2].isEmpty || byteCount != nil else {
                throw PythonPackageError(.wheel, at: place, "the size is no number, got `\(fields[2])`")
            }
            let row = Row(path: fields[0], hash: fields[1], byteCount: byteCount)
            guard rows.count < rowLimit else {
                throw PythonPackageError(.tooLarge, at: place, "there are too many rows, expected at most \(rowLimit)")
            }
            if let known = rows.updateValue(row, forKey: row.path), known != row {
                throw PythonPackageError(.wheel, at: place, "`\(row.path)` stands twice, each time otherwise")
            }
        }
        self.rows = rows
    }

    /// The hash of a digest as a row has it.
    static func hash(_ digest: Digest) -> String { "sha256=" + base64URL(digest.bytes) }

    /// The text of rows, sorted by path.
    static func text(of rows: [Row]) -> [UInt8] {
        let sorted = rows.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        var text = ""
        for row in sorted { text += "\(quoted(row.path)),\(row.hash),\(row.byteCount.map(String.init) ?? "")\n" }
        return Array(text.utf8)
    }

    private static func quoted(_ path: String) -> String {
        guard path.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return path }
        let doubled = path.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
        return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
    }
}

/// The rows of a text with commas between its fields.
///
/// *Source*: RFC 4180, with line feeds alone as ends of lines too.
private struct CommaSeparatedRows {
    private let bytes: [UInt8]
    private var position = 0
    /// The line of the row that was read last.
    private(set) var line = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(PythonPackageError) -> [String]? {
        guard position < bytes.count else { return nil }
        line += 1
        var fields: [String] = []
        while true {
            fields.append(try readField())
            guard position < bytes.count else { return fields }
            let separator = bytes[position]
            position += 1
            if separator == UInt8(ascii: ",") { continue }
            if separator == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == UInt8(ascii: "\n") {
                position += 1
            }
            return fields
        }
    }

    private mutating func readField() throws(PythonPackageError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let field = bytes[position...].prefix { !",\r\n".utf8.contains($0) }
            position = field.endIndex
            return String(decoding: field, as: UTF8.self)
        }
        var field: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte != UInt8(ascii: "\"") {
                field.append(byte)
            } else if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                field.append(byte)
                position += 1
            } else {
                return String(decoding: field, as: UTF8.self)
            }
        }
        throw PythonPackageError(.wheel, at: .line(line, column: 1), "a quoted field has no end, expected `\"`")
    }
}
