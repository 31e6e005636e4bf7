import Diagnostics
import Files
import JSON
package import OnnxIR
import Tensors

/// Reads the rows that a model directory of MLflow has as an example, for the inputs of a model.
///
/// The file holds `columns` with `data`, row by row, or `inputs` or rows alone.
///
/// *Parameter* columns: the columns of the only input in their order, where the example names them.
/// *Throws*: `format` for a file of another form, `missingInput`, `shape`, `value`, at the file.
/// *Source*: `mlflow.models.utils._Example`, frames in the orient `split` and arrays.
package func readExample(
    _ path: String,
    for inputs: [ValueInfo],
    columns: [String]
) throws(TensorFileError) -> [String: Value] {
    try locating(.file(path)) { () throws(TensorFileError) in
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try readFile(path, limit: 1 << 28)
        } catch {
            throw TensorFileError(.file, error.message)
        }
        let document = try converting { () throws(JSONError) -> JSONValue in
            try JSONValue.parse(bytes, limits: JSONLimits(acceptsNonFiniteLiterals: true))
        }
        guard let rows = (document["data"] ?? document["inputs"] ?? document).array else {
            throw TensorFileError(.format, "the example has another form, expected `data` or `inputs`")
        }
        let names = document["columns"]?.array?.map { $0.string ?? $0.number?.text ?? "" } ?? []
        var values: [String: Value] = [:]
        for input in inputs {
            // A matrix takes the columns that the model names, and all as they are where it names none.
            let isMatrix = inputs.count == 1 && !names.contains(input.name)
            let wanted = isMatrix ? columns : [input.name]
            let positions = wanted.compactMap { names.firstIndex(of: $0) }
            guard isMatrix || positions.count == 1 else {
                throw TensorFileError(.missingInput, "the example has no column `\(input.name)`")
            }
            let isSelection = !positions.isEmpty && positions.count == wanted.count
            let cells = isSelection ? try selected(rows, positions) : rows
            values[input.name] = .tensor(
                try jsonTensor(.array(cells), elementType: try textInput(input).elementType)
            )
        }
        return values
    }
}

/// The cells at these positions of each row.
private func selected(_ rows: [JSONValue], _ positions: [Int]) throws(TensorFileError) -> [JSONValue] {
    var selected: [JSONValue] = []
    for (index, row) in rows.enumerated() {
        guard let cells = row.array, positions.allSatisfy({ $0 < cells.count }) else {
            throw TensorFileError(.format, "row \(index + 1) of the example is shorter than its columns")
        }
        selected.append(.array(positions.map { cells[$0] }))
    }
    return selected
}
