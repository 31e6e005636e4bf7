import Diagnostics
import Files
import JSON
import ModelFormats
package import OnnxIR
import Tensors

/// The formats that outputs are written in, told by the end of a file's name.
package enum OutputFileFormat: String, Sendable, CaseIterable {
    case npz
    case npy
    case csv
    case json

    /// The format of a file of this name; `nil` for any other end.
    package init?(path: String) {
        guard let format = Self.allCases.first(where: { path.hasSuffix("." + $0.rawValue) }) else { return nil }
        self = format
    }
}

/// Writes outputs to a file of one of the formats, whole or not at all.
///
/// *Throws*: `unsupported` for values that the format has no form for, `file` when the file cannot be written.
package func writeOutputs(
    _ values: [String: Value],
    names: [String],
    path: String,
    _ format: OutputFileFormat
) throws(TensorFileError) {
    let bytes: [UInt8]
    switch format {
    case .npz: return try writeOutputs(values, names: names, path: path)
    case .npy:
        guard names.count == 1, let tensor = names.first.flatMap({ values[$0]?.tensor }) else {
            throw TensorFileError(
                .unsupported,
                "there are \(names.count) outputs, and an npy file holds one tensor",
                hint: "write an npz file, or ask for one output with `--outputs`"
            )
        }
        bytes = try converting { () throws(ModelFormatError) in try writeNpy(tensor) }
    case .csv: bytes = try csv(values, names: names)
    case .json: bytes = try json(of: values, names: names).serialized() + [UInt8(ascii: "\n")]
    }
    try converting { () throws(FileError) in try writeFile(path, bytes) }
}

/// *Source*: RFC 4180.
private func csv(_ values: [String: Value], names: [String]) throws(TensorFileError) -> [UInt8] {
    let outputs = names.compactMap { name in values[name].map { (name: name, value: $0) } }
    guard let columns = try outputColumns(outputs) else {
        throw TensorFileError(
            .unsupported,
            "the outputs are no table, expected one row for each example in all of them",
            hint: "write an npz file"
        )
    }
    var bytes: [UInt8] = []
    for row in 0..<(columns.first?.count ?? 0) {
        for (index, column) in columns.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += quoted(Array(column[row].utf8))
        }
        bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
}

private func quoted(_ cell: [UInt8]) -> [UInt8] {
    guard cell.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return cell }
    let quote = UInt8(ascii: "\"")
    return [quote] + cell.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
}
