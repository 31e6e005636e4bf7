import Diagnostics
import OnnxIR
import Tensors

extension CSVTable {
    /// The columns with these numbers as one tensor for an input: `[rows, columns]`, or `[rows]` for an input of rank 1.
    ///
    /// *Throws*: `value` for a cell that the element type does not hold, `shape` when rank 1 is asked of more columns.
    func tensor(_ columns: [Int], for input: ValueInfo) throws(TensorFileError) -> Tensor {
        let (elementType, rank) = try textInput(input)
        let extents = rank == 1 && columns.count == 1 ? [rows.count] : [rows.count, columns.count]
        guard rank == nil || rank == extents.count, let shape = Shape(extents) else {
            let message =
                "the table has shape [\(rows.count), \(columns.count)], expected \(input.type?.description ?? "?")"
            throw TensorFileError(.shape, message, hint: "give a JSON, npy or npz file for other shapes than tables")
        }
        var scalars: [Scalar] = []
        scalars.reserveCapacity(shape.elementCount)
        for row in rows {
            for column in columns {
                scalars.append(Double(row[column]) == nil ? .text(row[column]) : .number(row[column]))
            }
        }
        return try Scalar.tensor(scalars, elementType: elementType, shape: shape) { position in
            let (row, column) = (position / columns.count, position % columns.count)
            return .line(self.line(ofRow: row), column: columns[column] + 1)
        }
    }

    /// The inputs of a model, each from the column of its name; a single input takes all columns.
    ///
    /// *Parameter* columns: the names of the columns that a single input takes, where the header has all of them.
    /// *Throws*: `missingInput` for an input without a column, `unknownInput` for a column without an input.
    func values(for inputs: [ValueInfo], columns: [String] = []) throws(TensorFileError) -> [String: Value] {
        if inputs.count == 1, header != [inputs[0].name] {
            let named = columns.compactMap { header?.firstIndex(of: $0) }
            if !named.isEmpty, named.count == columns.count {
                return [inputs[0].name: .tensor(try tensor(named, for: inputs[0]))]
            }
            return [inputs[0].name: .tensor(try tensor(Array(0..<columnCount), for: inputs[0]))]
        }
        guard let header else {
            let names = inputs.map { "`\($0.name)`" }.joined(separator: ", ")
            throw TensorFileError(.missingInput, "the table has no header, expected columns \(names)")
        }
        for name in header where !inputs.contains(where: { $0.name == name }) {
            throw InputArgument.unknown(name, among: inputs.map(\.name), at: .item("column", name))
        }
        var values: [String: Value] = [:]
        for input in inputs {
            guard let column = header.firstIndex(of: input.name) else { continue }
            values[input.name] = .tensor(try tensor([column], for: input))
        }
        return values
    }
}

/// The element type and the rank (`nil` where it is open) of an input that text can feed.
///
/// *Throws*: `unsupported` for an input that is not a tensor.
func textInput(_ input: ValueInfo) throws(TensorFileError) -> (elementType: ElementType, rank: Int?) {
    guard case .tensor(let elementType?, let shape)? = input.type else {
        throw TensorFileError(
            .unsupported,
            at: .item("input", input.name),
            "values of type \(input.type?.description ?? "?") are not read from text",
            hint: "give an ONNX .pb file"
        )
    }
    return (elementType, shape?.count)
}
