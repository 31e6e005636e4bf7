import Diagnostics
import Files
import ModelFormats
package import OnnxIR
import Tensors

/// Writes the outputs of a run to an npz file, whole or not at all.
///
/// *Throws*: `unsupported` for values that NumPy has no array for, `file` when the file cannot be written.
package func writeOutputs(
    _ values: [String: Value],
    names: [String],
    path: String
) throws(TensorFileError) {
    var tensors: [NamedTensor] = []
    for name in names {
        guard let value = values[name] else { continue }
        guard let tensor = value.tensor else {
            throw TensorFileError(
                .unsupported,
                at: .item("output", name),
                "the value is not a tensor, and npz files hold tensors alone",
                hint: "use `--json`"
            )
        }
        tensors.append((name, tensor))
    }
    let bytes = try converting { () throws(ModelFormatError) in try writeNpz(tensors) }
    try converting { () throws(FileError) in try writeFile(path, bytes) }
}
