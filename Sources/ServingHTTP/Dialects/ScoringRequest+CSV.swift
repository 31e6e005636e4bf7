import Diagnostics
import ServingCore
import TextFormats

/// Whether the first record of a CSV text names the columns.
enum CSVHeader: String {
    case present
    case absent
}

extension ScoringRequest {
    /// The request in a CSV text, whose first record names the columns or not.
    ///
    /// *Parameter* header: what the client says of the first record. If it says nothing, the record is a header when one of
    /// its cells is the name of an input or of a column, or when the model takes numbers and no cell is one.
    /// *Throws*: `request` for text that is not UTF-8 or not CSV; `input` for a table that does not fit the model.
    /// *Source*: RFC 4180.
    init(csv body: [UInt8], header: CSVHeader?, for model: ServedModel) throws(ServingError) {
        guard String(validating: body, as: UTF8.self) != nil else {
            throw ServingError(.request, "the body is not UTF-8")
        }
        var reader = CSVReader(body, cellLimit: ColumnLayout.columnLimit)
        guard let first = try Self.record(&reader) else {
            throw ServingError(.request, "the table has no row, expected at least one")
        }
        var table: TableRows
        if header.map({ $0 == .present }) ?? isHeader(first, of: model) {
            table = try TableRows(names: first, of: model)
        } else {
            table = try TableRows(columnCount: first.count, of: model)
            try Self.append(first, to: &table, row: reader.recordCount)
        }
        while let record = try Self.record(&reader) { try Self.append(record, to: &table, row: reader.recordCount) }
        try self.init(table)
    }

    private static func record(_ reader: inout CSVReader) throws(ServingError) -> [String]? {
        do throws(CSVReader.Failure) {
            return try reader.next()
        } catch {
            switch error {
            case .openQuote(let record):
                throw ServingError(.request, at: .item("row", "\(record)"), "a quote is not closed")
            case .tooManyCells(let record):
                let limit = ColumnLayout.columnLimit
                throw ServingError(.request, at: .item("row", "\(record)"), "the row has more than \(limit) cells")
            }
        }
    }

    private static func append(_ record: [String], to table: inout TableRows, row: Int) throws(ServingError) {
        try locating(.item("row", "\(row)")) { () throws(ServingError) in try table.append(cells: record) }
    }
}

private func isHeader(_ record: [String], of model: ServedModel) -> Bool {
    let names = model.inputs.map(\.name) + model.featureNames
    guard !record.contains(where: names.contains) else { return true }
    let datatypes =
        record.count == model.inputs.count
        ? model.inputs.map(\.datatype) : record.map { _ in model.inputs.first?.datatype ?? .bytes }
    let cells = zip(record, datatypes).filter { $1 != .bytes }
    return !cells.isEmpty && cells.allSatisfy { !isValue($0, $1) }
}

private func isValue(_ cell: String, _ datatype: Datatype) -> Bool {
    cell.isEmpty || (datatype == .bool ? Bool(cell: cell) != nil : Double(cell) != nil)
}
