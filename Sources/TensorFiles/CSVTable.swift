import Diagnostics
import TextFormats

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
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TensorFileError(.format, "the text is not UTF-8")
        }
        var records = try Self.records(bytes)
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

    private static func records(_ bytes: [UInt8]) throws(TensorFileError) -> [[String]] {
        var records: [[String]] = []
        var reader = CSVReader(bytes)
        do throws(CSVReader.Failure) {
            while let record = try reader.next() { records.append(record) }
        } catch {
            throw TensorFileError(.format, at: .item("row", "\(reader.recordCount + 1)"), "a quote is not closed")
        }
        return records
    }
}
