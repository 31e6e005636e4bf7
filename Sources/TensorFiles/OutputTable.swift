import Diagnostics
import JSON
package import OnnxIR
import Tensors

/// The outputs of a run for a person: one table when all of them have a row for each example, else one part each.
///
/// *Throws*: `unsupported` for element types that have no form as text.
package func outputTable(_ values: [String: Value], names: [String]) throws(TensorFileError) -> String {
    let outputs = names.compactMap { name in values[name].map { (name: name, value: $0) } }
    guard let columns = try outputColumns(outputs), columns.count <= 100 else { return try parts(outputs) }
    return lines(of: columns, rowCount: columns.first?.count ?? 0)
}

/// The columns of outputs that all have a row for each example, each below its title; `nil` for others.
func outputColumns(_ outputs: [(name: String, value: Value)]) throws(TensorFileError) -> [[String]]? {
    let tensors = outputs.compactMap { output in output.value.tensor.map { (name: output.name, tensor: $0) } }
    let rowCount = tensors.first.flatMap { $0.tensor.shape.rank > 0 ? $0.tensor.shape[0] : nil }
    let isTable =
        tensors.count == outputs.count
        && tensors.allSatisfy { (1...2).contains($0.tensor.shape.rank) && $0.tensor.shape[0] == rowCount }
    guard isTable, let rowCount else { return nil }
    var columns: [[String]] = []
    for (name, tensor) in tensors {
        let cells = try scalars(of: tensor).map(cell)
        let count = columnCount(tensor)
        for column in 0..<count {
            let title = tensor.shape.rank == 1 ? name : "\(name)[\(column)]"
            columns.append([title] + (0..<rowCount).map { cells[$0 * count + column] })
        }
    }
    return columns
}

private func columnCount(_ tensor: Tensor) -> Int { tensor.shape.rank == 1 ? 1 : tensor.shape[1] }

private func lines(of columns: [[String]], rowCount: Int) -> String {
    let widths = columns.map { $0.reduce(0) { max($0, $1.count) } }
    return (0..<rowCount).map { row in
        zip(columns, widths).enumerated().map { index, column in
            let cell = column.0[row]
            let isLast = index == columns.count - 1
            return isLast ? cell : cell + String(repeating: " ", count: column.1 - cell.count)
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}

private func cell(_ value: JSONValue) -> String {
    value.string ?? value.number?.text ?? value.bool.map { "\($0)" } ?? ""
}

private func parts(_ outputs: [(name: String, value: Value)]) throws(TensorFileError) -> String {
    var lines: [String] = []
    for (name, value) in outputs {
        let type = value.tensor.map { "tensor(\($0.elementType.name))\($0.shape)" }
        lines.append(type.map { "\(name)  \($0)" } ?? name)
        lines.append("  " + String(decoding: try json(of: value).serialized(.compact), as: UTF8.self))
    }
    return lines.joined(separator: "\n")
}
