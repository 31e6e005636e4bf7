import Diagnostics
import Glibc
package import OnnxIR
package import Tensors

/// Reads the model in a file.
///
/// *Parameter* files: how its weights are reached, in the file and in the files of its external data. Files that are mapped
/// must not be cut short while the model is in use: the kernel answers that with a signal.
/// *Throws*: every code of `OnnxReaderCode`, at the file, the node or tensor, and the offset.
package func readModel(
    path: String,
    files: FileAccess = .mapped,
    limits: OnnxLimits = .default
) throws(OnnxReaderError) -> Model {
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
    return try locating(.file(path)) { () throws(OnnxReaderError) in
        let bytes = try files.open(path, limits)
        return try OnnxDecoder(bytes, folder: folder, limits: limits, files: files).model()
    }
}

/// Reads the model in `bytes`, which its tensors keep alive; external data is looked for in `folder`.
///
/// *Throws*: every code of `OnnxReaderCode`, at the node or tensor and the offset.
package func readModel(
    _ bytes: MemoryRegion,
    folder: String? = nil,
    limits: OnnxLimits = .default
) throws(OnnxReaderError) -> Model {
    try OnnxDecoder(bytes, folder: folder, limits: limits).model()
}

/// The files that the tensors of a model lie in, by their names relative to the model's folder, sorted.
///
/// *Throws*: as `readModel(path:)`, which this does.
package func externalFiles(ofModel path: String, limits: OnnxLimits = .default) throws(OnnxReaderError) -> [String] {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    return try locating(.file(path)) { () throws(OnnxReaderError) in
        let decoder = OnnxDecoder(try mapFile(path), folder: folder, limits: limits)
        _ = try decoder.model()
        return decoder.externalData?.fileNames ?? []
    }
}

/// Reads a tensor by itself, as ONNX's test data holds them.
///
/// *Source*: `TensorProto`.
/// *Throws*: every code of `OnnxReaderCode`, at the tensor and the offset.
package func readTensor(
    _ bytes: MemoryRegion,
    folder: String? = nil,
    limits: OnnxLimits = .default
) throws(OnnxReaderError) -> OnnxTensor {
    let decoder = OnnxDecoder(bytes, folder: folder, limits: limits)
    var cursor = try decoder.open("TensorProto")
    return try decoder.tensor(&cursor, "tensor")
}

/// Reads a value by itself; its type says which message the bytes are, for they do not: a tensor when it is `nil`.
///
/// *Source*: `TensorProto`, `SequenceProto`, `MapProto`, `OptionalProto`.
/// *Throws*: every code of `OnnxReaderCode`, at the tensor and the offset.
package func readValue(
    _ bytes: MemoryRegion,
    type: ValueType?,
    folder: String? = nil,
    limits: OnnxLimits = .default
) throws(OnnxReaderError) -> (name: String, value: Value) {
    let decoder = OnnxDecoder(bytes, folder: folder, limits: limits)
    switch type {
    case .tensor, nil:
        var cursor = try decoder.open("TensorProto")
        let tensor = try decoder.tensor(&cursor, "tensor")
        return (tensor.name, .tensor(tensor.tensor))
    case .sequence(let element):
        var cursor = try decoder.open("SequenceProto")
        return try decoder.sequence(&cursor, of: element)
    case .map(_, let value):
        var cursor = try decoder.open("MapProto")
        return try decoder.map(&cursor, of: value)
    case .optional(let value):
        var cursor = try decoder.open("OptionalProto")
        return try decoder.optional(&cursor, of: value)
    case .sparseTensor, .opaque:
        throw OnnxReaderError(.unsupported, "a value of type `\(type?.description ?? "?")` is not supported")
    }
}

extension DiagnosticError<OnnxReaderCode> {
    /// What the system said in `errno`, while doing `action` (a gerund: `opening`).
    init(errno code: CInt, _ action: String) {
        self.init(code == ENOENT ? .notFound : .refused, "\(action): \(systemMessage(code))")
    }
}
