import Diagnostics
import JSON
import ServingCore

/// The rows of a table on their way into the inputs of a model.
struct TableRows {
    private let layout: ColumnLayout
    /// The names of the columns, in the order of the first row; empty when they have none.
    private let names: [String]
    private let indices: [String: Int]
    private let width: Int
    private var inputs: [InputValues]
    /// How many rows there are.
    private(set) var count = 0

    /// A table whose columns have names.
    ///
    /// *Throws*: `input` for names that are not those of the model.
    init(names: [String], of model: ServedModel) throws(ServingError) {
        layout = try ColumnLayout(names, of: model)
        self.names = names
        indices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        width = names.count
        inputs = model.inputs.map(InputValues.init)
        guard indices.count == width else {
            throw ServingError(.input, "a column is given twice, expected each name once")
        }
    }

    /// A table whose columns have no names.
    ///
    /// *Throws*: `input` for another count than the model's.
    init(columnCount: Int, of model: ServedModel) throws(ServingError) {
        layout = try ColumnLayout(count: columnCount, of: model)
        names = []
        indices = [:]
        width = columnCount
        inputs = model.inputs.map(InputValues.init)
    }

    /// The tensors of the inputs.
    ///
    /// *Throws*: `input` for a table without rows.
    func tensors() throws(ServingError) -> [NamedTensor] {
        guard count > 0 else { throw ServingError(.input, "there are no rows, expected at least one") }
        var tensors: [NamedTensor] = []
        for input in inputs { tensors.append(try input.rows()) }
        return tensors
    }

    /// Appends the row that comes next: an array with a value for each column.
    mutating func appendRow(_ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.enterArray()
        switch layout {
        case .row(let places): try inputs[0].appendRow(&cursor, width, places)
        case .inputs(let targets):
            var column = 0
            while try cursor.nextElement() {
                guard column < width else {
                    throw cursor.error(.type, "the row has a value too many, expected \(width)")
                }
                try inputs[targets[column]].append(&cursor)
                column += 1
            }
            guard column == width else {
                throw cursor.error(.type, "the row has \(column) values, expected \(width)")
            }
        }
        count += 1
    }

    /// Appends the row that comes next: an object with a value for each column.
    mutating func appendRecord(_ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.enterObject()
        var columns: [Int] = []
        columns.reserveCapacity(width)
        while let key = try cursor.nextKey() {
            // Records have their keys in one order, save for odd ones.
            let isNext = columns.count < width && names[columns.count] == key
            guard let column = isNext ? columns.count : indices[key] else {
                throw cursor.error(.type, "the row has a value for `\(key)`, which the first has not")
            }
            columns.append(column)
            switch layout {
            case .row:
                let kind = try cursor.peek()
                guard kind != .array else {
                    let name = inputs[0].input.name
                    throw cursor.error(
                        .type,
                        "`\(key)` is \(kind), expected an element of a row of `\(name)`, or `\(name)`"
                    )
                }
                try inputs[0].appendElement(&cursor)
            case .inputs(let targets): try inputs[targets[column]].append(&cursor)
            }
        }
        guard columns.count == width else {
            let given = Set(columns)
            let missing = names.indices.first { !given.contains($0) }.map { names[$0] } ?? ""
            throw cursor.error(.type, "the row has no value for `\(missing)`, expected one as in the first")
        }
        if case .row(let places) = layout {
            let order = places.map { places in columns.map { places[$0] } } ?? columns
            inputs[0].endRow(width, order == Array(order.indices) ? nil : order)
        }
        count += 1
    }

    /// Appends a row of cells.
    ///
    /// *Throws*: `input` for another count of cells than columns, and for a cell that is no value of its input.
    mutating func append(cells: [String]) throws(ServingError) {
        guard cells.count == width else {
            throw ServingError(.input, "the row has \(cells.count) cells, expected \(width) as the first")
        }
        for (column, cell) in cells.enumerated() {
            var isRead = false
            var input = inputs[0].input
            switch layout {
            case .row: isRead = inputs[0].appendElement(cell: cell)
            case .inputs(let targets):
                input = inputs[targets[column]].input
                isRead = inputs[targets[column]].append(cell: cell)
            }
            guard isRead else {
                throw ServingError(
                    .input,
                    at: .item("column", names.isEmpty ? "\(column + 1)" : names[column]),
                    "the cell is wrong, expected `\(input.datatype.rawValue)`, got `\(shortened(cell))`"
                )
            }
        }
        if case .row(let places) = layout { inputs[0].endRow(width, places) }
        count += 1
    }
}

/// The start of a text that may be long, for a message.
private func shortened(_ text: String) -> String { text.count > 40 ? "\(text.prefix(40))…" : text }
