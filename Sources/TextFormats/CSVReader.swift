/// The records of a CSV text, one after the other.
///
/// Cells without quotes lose the blanks around them; empty lines are no records.
///
/// *Source*: RFC 4180, with any of LF and CRLF between records.
package struct CSVReader {
    /// A quote that is not closed, in a record counted from 1.
    package struct OpenQuote: Error {
        package let record: Int
    }

    private let bytes: [UInt8]
    private var offset = 0
    /// How many records were read.
    package private(set) var recordCount = 0

    /// Stands before the first record of a text in UTF-8, which may start with a byte order mark.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The cells of the next record; `nil` behind the last one.
    package mutating func next() throws(OpenQuote) -> [String]? {
        while offset < bytes.count {
            var record: [String] = []
            while try readCell(into: &record) {}
            guard record != [""] else { continue }
            recordCount += 1
            return record
        }
        return nil
    }

    /// Reads a cell and what ends it; whether another one follows in the record.
    private mutating func readCell(into record: inout [String]) throws(OpenQuote) -> Bool {
        while offset < bytes.count, bytes[offset] == 0x20 { offset += 1 }
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
            let start = offset
            while offset < bytes.count, !isEnd(bytes[offset]) { offset += 1 }
            record.append(trimmed(bytes[start..<offset]))
            return takeEnd()
        }
        offset += 1
        var cell: [UInt8] = []
        while true {
            guard offset < bytes.count else { throw OpenQuote(record: recordCount + 1) }
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") {
                guard offset < bytes.count, bytes[offset] == byte else { break }
                offset += 1
            }
            cell.append(byte)
        }
        // What follows the quote is taken as it stands.
        while offset < bytes.count, !isEnd(bytes[offset]) {
            if bytes[offset] != UInt8(ascii: "\r") || bytes[offset...].dropFirst().first != UInt8(ascii: "\n") {
                cell.append(bytes[offset])
            }
            offset += 1
        }
        record.append(String(decoding: cell, as: UTF8.self))
        return takeEnd()
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") }

    /// Passes over the comma or the line end behind a cell; whether it was a comma.
    private mutating func takeEnd() -> Bool {
        guard offset < bytes.count else { return false }
        offset += 1
        return bytes[offset - 1] == UInt8(ascii: ",")
    }

    private func trimmed(_ cell: ArraySlice<UInt8>) -> String {
        var cell = cell
        let blanks: [UInt8] = [0x20, 0x09]
        if cell.last == UInt8(ascii: "\r") { cell = cell.dropLast() }
        while let first = cell.first, blanks.contains(first) { cell = cell.dropFirst() }
        while let last = cell.last, blanks.contains(last) { cell = cell.dropLast() }
        return String(decoding: cell, as: UTF8.self)
    }
}
