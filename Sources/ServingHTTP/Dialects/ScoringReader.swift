import Diagnostics
import JSON
import ServingCore

/// Reads the data of a request in any of its forms.
struct ScoringReader {
    private let model: ServedModel
    /// The tensors that were read.
    private(set) var tensors: [NamedTensor] = []
    /// How many rows were read; `nil` for whole tensors.
    private(set) var rowCount: Int?

    init(_ model: ServedModel) { self.model = model }

    mutating func read(_ form: ScoringRequest.Form, _ cursor: inout JSONCursor) throws(JSONError) {
        switch form {
        case .array, .instances, .records, .data: try readRows(&cursor)
        case .inputs: try readColumns(&cursor)
        case .split: try readSplit(&cursor)
        case .inputData:
            guard try cursor.peek() == .object else { return try readRows(&cursor) }
            if try isSplit(cursor) { try readSplit(&cursor) } else { try readColumns(&cursor) }
        case .namedInputs:
            guard try cursor.peek() == .object else { return try readRows(&cursor) }
            try cursor.enterObject()
            guard try cursor.nextKey() != nil else {
                throw cursor.error(.type, "`Inputs` is empty, expected one input")
            }
            try readRows(&cursor)
            if let key = try cursor.nextKey() {
                throw cursor.error(.type, "`Inputs` has another input `\(key)`, expected one")
            }
        }
    }

    /// An array with a row in each element: an object by the names of inputs or columns, or the value of the only input,
    /// or an array with a value for each input.
    private mutating func readRows(_ cursor: inout JSONCursor) throws(JSONError) {
        let start = cursor
        try cursor.enterArray()
        guard try cursor.nextElement() else { throw start.error(.type, "there are no rows, expected at least one") }
        let kind = try cursor.peek()
        if try isRecord(cursor) {
            let names = try keys(of: cursor)
            try readTable(&cursor, names) { table, cursor throws(JSONError) in
                try table.appendRecord(&cursor)
            }
        } else if model.inputs.count != 1 {
            guard kind == .array else {
                throw cursor.error(
                    .type,
                    "the row is \(kind), expected an object with a value for each of \(inputNames)"
                )
            }
            try readTable(&cursor, nil) { table, cursor throws(JSONError) in try table.appendRow(&cursor) }
        } else if let input = model.inputs.first {
            var values = InputValues(input)
            repeat { try values.append(&cursor) } while try cursor.nextElement()
            rowCount = values.count
            tensors = [try placed(start) { () throws(ServingError) in try values.rows() }]
        }
    }

    /// The rest of an array of rows.
    ///
    /// *Parameter* names: the names of the columns; `nil` where there are none, and a row is an array.
    private mutating func readTable(
        _ cursor: inout JSONCursor,
        _ names: [String]?,
        _ append: (inout TableRows, inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        let start = cursor
        var table: TableRows
        if let names {
            table = try placed(start) { () throws(ServingError) in try TableRows(names: names, of: model) }
        } else {
            let width = try length(of: cursor)
            table = try placed(start) { () throws(ServingError) in try TableRows(columnCount: width, of: model) }
        }
        repeat { try append(&table, &cursor) } while try cursor.nextElement()
        rowCount = table.count
        tensors = try placed(start) { () throws(ServingError) in try table.tensors() }
    }

    /// A data frame as pandas splits it.
    ///
    /// *Source*: pandas, `DataFrame.to_dict(orient="split")`.
    private mutating func readSplit(_ cursor: inout JSONCursor) throws(JSONError) {
        var names: [String]?
        var data: JSONCursor?
        let start = cursor
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch key {
            case "columns": names = try readNames(&cursor)
            case "data":
                data = cursor
                try cursor.skip()
            default: try cursor.skip()
            }
        }
        guard var data else { throw start.error(.type, "the data frame has no `data`") }
        let place = data
        try data.enterArray()
        guard try data.nextElement() else { throw place.error(.type, "there are no rows, expected at least one") }
        guard try data.peek() == .array else {
            throw data.error(.type, "the row is \(try kind(of: data)), expected an array")
        }
        try readTable(&data, names) { table, cursor throws(JSONError) in try table.appendRow(&cursor) }
    }

    /// The names of columns; `nil` when they are numbers, as those of a data frame without names are.
    private func readNames(_ cursor: inout JSONCursor) throws(JSONError) -> [String]? {
        var names: [String] = []
        var hasNumbers = false
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard names.count < ColumnLayout.columnLimit else {
                throw cursor.error(.limit, "there are too many columns, expected at most \(ColumnLayout.columnLimit)")
            }
            if try cursor.peek() == .number {
                hasNumbers = true
                names.append(try cursor.readNumber().text)
            } else {
                names.append(try cursor.readString())
            }
        }
        return hasNumbers ? nil : names
    }

    /// Whole tensors: an object by the names of the inputs, or with the columns of the only input, or that input itself.
    private mutating func readColumns(_ cursor: inout JSONCursor) throws(JSONError) {
        let start = cursor
        let kind = try cursor.peek()
        guard try isRecord(cursor) else {
            if kind == .array, try startsWithRecord(cursor) { return try readRows(&cursor) }
            guard let input = model.inputs.first, model.inputs.count == 1 else {
                throw cursor.error(.type, "the tensor has no name, expected an object with \(inputNames)")
            }
            var values = InputValues(input)
            try values.append(&cursor)
            tensors = [try placed(start) { () throws(ServingError) in try values.whole() }]
            return
        }
        let names = try keys(of: cursor)
        let layout = try placed(start) { () throws(ServingError) in try ColumnLayout(names, of: model) }
        var columns: [InputValues] = []
        try cursor.enterObject()
        while try cursor.nextKey() != nil {
            var values: InputValues
            switch layout {
            case .row: values = InputValues(model.inputs[0])
            case .inputs(let targets): values = InputValues(model.inputs[targets[columns.count]])
            }
            try values.append(&cursor)
            columns.append(values)
        }
        tensors = try placed(start) { () throws(ServingError) in try Self.tensors(columns, layout) }
    }

    private static func tensors(
        _ columns: [InputValues],
        _ layout: ColumnLayout
    ) throws(ServingError) -> [NamedTensor] {
        guard case .row(let places) = layout else {
            var tensors: [NamedTensor] = []
            for column in columns { tensors.append(try column.whole()) }
            return tensors
        }
        var ordered = columns
        for (column, place) in zip(columns, places ?? []) { ordered[place] = column }
        return try InputValues.rows(ordered).map { [$0] } ?? []
    }

    /// Whether an object comes next that is no string in base64.
    private func isRecord(_ cursor: JSONCursor) throws(JSONError) -> Bool {
        guard try kind(of: cursor) == .object else { return false }
        guard model.inputs.map(\.datatype) == [.bytes] else { return true }
        return try !isBase64(cursor)
    }

    /// Whether the array that comes next starts with an object that is no string in base64.
    private func startsWithRecord(_ cursor: JSONCursor) throws(JSONError) -> Bool {
        var ahead = cursor
        try ahead.enterArray()
        guard try ahead.nextElement() else { return false }
        return try isRecord(ahead)
    }

    private var inputNames: String { model.inputs.map { "`\($0.name)`" }.joined(separator: ", ") }
}

/// The keys of the object that comes next.
private func keys(of cursor: JSONCursor) throws(JSONError) -> [String] {
    var ahead = cursor
    var keys: [String] = []
    try ahead.enterObject()
    while let key = try ahead.nextKey() {
        guard keys.count < ColumnLayout.columnLimit else {
            throw ahead.error(.limit, "there are too many columns, expected at most \(ColumnLayout.columnLimit)")
        }
        keys.append(key)
        try ahead.skip()
    }
    return keys
}

/// How many elements the array that comes next has.
private func length(of cursor: JSONCursor) throws(JSONError) -> Int {
    var ahead = cursor
    var count = 0
    try ahead.enterArray()
    while try ahead.nextElement() {
        try ahead.skip()
        count += 1
    }
    return count
}

private func kind(of cursor: JSONCursor) throws(JSONError) -> JSONKind {
    var ahead = cursor
    return try ahead.peek()
}

/// Whether the object that comes next is a data frame as pandas splits it.
private func isSplit(_ cursor: JSONCursor) throws(JSONError) -> Bool {
    try keys(of: cursor).allSatisfy { ["columns", "data", "index"].contains($0) }
}

/// What the core finds wrong, at a place of the document.
private func placed<Result>(
    _ cursor: JSONCursor,
    _ body: () throws(ServingError) -> Result
) throws(JSONError) -> Result {
    do throws(ServingError) {
        return try body()
    } catch {
        var failure = cursor.error(.type, error.message)
        failure.place = Place(failure.place.segments + error.place.segments)
        failure.hint = error.hint
        throw failure
    }
}
