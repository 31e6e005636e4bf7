import Diagnostics

/// The rows of a CSV file, all of one length; the first may be a header.
///
/// *Source*: RFC 4180, with any of LF and CRLF between records.
package struct CSVTable: Sendable, Equatable {
    /// The cells of the first row, when it names the columns.
    package let header: [String]?
    package let rows: [[String]]

    /// The table in `bytes`.
    ///
    /// Its first row is a header when one of its cells is one of `names`, or when none is a number and one stands above
    /// a column of numbers.
    ///
    /// *Throws*: `format` for text that is not UTF-8, an open quote, or rows of different lengths.
    package init(_ bytes: [UInt8], names: [String] = []) throws(TensorFileError) {
        let start = bytes.starts(with: TensorFileFormat.byteOrderMark) ? 3 : 0
        guard let text = String(validating: bytes[start...], as: UTF8.self) else {
            throw TensorFileError(.format, "the text is not UTF-8")
        }
        var records = try Self.records(text)
        guard let first = records.first else { throw TensorFileError(.format, "the table has no row") }
        for (index, record) in records.enumerated() where record.count != first.count {
            let message = "the row has \(record.count) cells, expected \(first.count) as the first"
            throw TensorFileError(.format, at: .item("row", "\(index + 1)"), message)
        }
        let isAboveNumbers = first.enumerated().contains { column, cell in
            Self.isText(cell) && records.count > 1 && !records[1...].contains { Self.isText($0[column]) }
        }
        let isWithoutNumbers = first.allSatisfy { $0.isEmpty || Self.isText($0) }
        let isHeader = first.contains(where: names.contains) || (isAboveNumbers && isWithoutNumbers)
        header = isHeader ? first : nil
        if isHeader { records.removeFirst() }
        rows = records
    }

    private static func isText(_ cell: String) -> Bool { !cell.isEmpty && Double(cell) == nil }

    /// The number of columns.
    package var columnCount: Int { header?.count ?? rows.first?.count ?? 0 }

    /// The line of a row in the file, counted from 1, where no cell holds a line end.
    func line(ofRow row: Int) -> Int { row + (header == nil ? 1 : 2) }

    private static func records(_ text: String) throws(TensorFileError) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var wasQuoted = false
        var bytes = Array(text.utf8)[...]
        func finished() -> String {
            let text = String(decoding: cell, as: UTF8.self)
            return wasQuoted ? text : trimmed(text)
        }
        while let byte = bytes.popFirst() {
            if isQuoted {
                guard byte == UInt8(ascii: "\"") else {
                    cell.append(byte)
                    continue
                }
                isQuoted = bytes.first == byte
                if isQuoted { cell.append(bytes.removeFirst()) }
            } else if byte == UInt8(ascii: "\""), cell.allSatisfy({ $0 == 0x20 }) {
                cell = []
                isQuoted = true
                wasQuoted = true
            } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") {
                record.append(finished())
                cell = []
                wasQuoted = false
                guard byte == UInt8(ascii: "\n") else { continue }
                if record != [""] { records.append(record) }
                record = []
            } else if byte != UInt8(ascii: "\r") || bytes.first != UInt8(ascii: "\n") {
                cell.append(byte)
            }
        }
        guard !isQuoted else {
            throw TensorFileError(.format, at: .item("row", "\(records.count + 1)"), "a quote is not closed")
        }
        if !cell.isEmpty || !record.isEmpty || wasQuoted { records.append(record + [finished()]) }
        return records
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
