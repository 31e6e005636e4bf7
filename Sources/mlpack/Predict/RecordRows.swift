import JSON
import OnnxIR

/// Rows as objects, `[{"a": 1, "b": 2}, …]`, in the form that files of values have: one array for each input.
struct RecordRows {
    /// The values by input, or those of the only input, as JSON.
    let bytes: [UInt8]

    /// Reads rows; `nil` for JSON of another form.
    ///
    /// Each input takes the members of its name. A single input takes all members of a row: those of `columns`, or in the
    /// order of the first row.
    init?(_ bytes: [UInt8], inputs: [ValueInfo], columns: [String]) {
        guard let rows = (try? JSONValue.parse(bytes))?.array, let first = rows.first?.object,
            rows.allSatisfy({ $0.object != nil })
        else { return nil }
        if inputs.count == 1, let input = inputs.first, first.keys != [input.name] {
            let keys = columns.isEmpty ? first.keys : columns
            let table = rows.map { row in JSONValue.array(keys.map { row[$0] ?? .null }) }
            self.bytes = JSONValue.array(table).serialized()
            return
        }
        var values = JSONObject()
        for key in first.keys {
            let input = inputs.first { $0.name == key }
            let isColumn = if case .tensor(_, let shape?)? = input?.type { shape.count == 2 } else { false }
            let elements = rows.map { row in
                let value = row[key] ?? .null
                return isColumn && value.array == nil ? .array([value]) : value
            }
            values[key] = .array(elements)
        }
        self.bytes = JSONValue.object(values).serialized()
    }
}
