/// The records of a CSV text, one after the other.
///
/// Cells without quotes lose the blanks around them; empty lines are no records.
///
/// *Source*: RFC 4180, with any of LF and CRLF between records.
package struct CSVReader {
    /// What is wrong with a record, which is counted from 1.
    package enum Failure: Error, Hashable {
        /// A quote is not closed.
        case openQuote(record: Int)
        /// There are more cells than `cellLimit`.
        case tooManyCells(record: Int)
    }

    private let bytes: [UInt8]
    private let cellLimit: Int
    private var offset = 0
    /// How many records were read.
    package private(set) var recordCount = 0

    /// Stands before the first record of a text in UTF-8, which may start with a byte order mark.
    ///
    /// *Parameter* cellLimit: the most cells of a record.
    package init(_ bytes: [UInt8], cellLimit: Int = .max) {
        self.bytes = bytes
        self.cellLimit = cellLimit
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The cells of the next record; `nil` behind the last one.
    package mutating func next() throws(Failure) -> [String]? {
        while offset < bytes.count {
            var record: [String] = []
            let start = offset
            while try readCell(into: &record) {
                guard record.count < cellLimit else { throw .tooManyCells(record: recordCount + 1) }
            }
            guard record != [""] || bytes[start..<offset].contains(Self.quote) else { continue }
            recordCount += 1
            return record
        }
        return nil
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Reads a cell and what ends it; whether another one follows in the record.
    private mutating func readCell(into record: inout [String]) throws(Failure) -> Bool {
        while offset < bytes.count, Self.isBlank(bytes[offset]) { offset += 1 }
        let isQuoted = offset < bytes.count && bytes[offset] == Self.quote
        var cell = isQuoted ? try readQuoted() : []
        let start = offset
        while offset < bytes.count, bytes[offset] != Self.comma, bytes[offset] != Self.lineFeed { offset += 1 }
        var rest = bytes[start..<offset]
        if offset < bytes.count, bytes[offset] == Self.lineFeed, rest.last == Self.carriageReturn { rest.removeLast() }
        while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
        // What follows a closed quote is taken as it stands.
        cell += rest
        record.append(String(decoding: cell, as: UTF8.self))
        guard offset < bytes.count else { return false }
        offset += 1
        return bytes[offset - 1] == Self.comma
    }

    /// The bytes between quotes, of which two stand for one.
    private mutating func readQuoted() throws(Failure) -> [UInt8] {
        offset += 1
        var cell: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == Self.quote {
                guard offset < bytes.count, bytes[offset] == byte else { return cell }
                offset += 1
            }
            cell.append(byte)
        }
        throw .openQuote(record: recordCount + 1)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
