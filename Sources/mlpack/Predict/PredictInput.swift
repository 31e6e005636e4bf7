import Diagnostics
import Files
import JSON
import OnnxIR
import ServingClient
import ServingCore
import TensorFiles
import Tensors

/// What `mlpack predict` sends, from files, from standard input and from the command line.
struct PredictInput {
    private(set) var inputs: [NamedTensor] = []
    /// The outputs that the file asks for.
    private(set) var outputs: [String] = []
    private(set) var id: String?
    /// The names and types of the model's inputs, as far as it tells them.
    private let declared: [ValueInfo]
    private let columns: [String]

    private static let byteLimit = 1 << 34

    /// Reads a file of values for all inputs, and the values of single ones.
    ///
    /// *Parameter* path: a file, or `-`.
    /// *Parameter* values: `NAME=PATH`, `NAME=PATH.npz:MEMBER`, or `NAME=` with JSON behind it.
    init(path: String?, values: [String], model: ModelMetadata, columns: [String]) throws {
        self.columns = columns
        let named = values.compactMap { text in text.firstIndex(of: "=").map { String(text[..<$0]) } }
        let told = Self.declared(model)
        declared = told.isEmpty ? Set(named).sorted().map { ValueInfo(name: $0, type: nil) } : told
        if let path { try inFile(path) { try read(file: path) } }
        for value in values { try read(value: value) }
        let order = model.inputs.map(\.name)
        inputs.sort { (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0) }
    }

    /// The names and types that a model tells of its inputs.
    static func declared(_ model: ModelMetadata) -> [ValueInfo] {
        model.inputs.map { ValueInfo(name: $0.name, type: type(of: $0)) }
    }

    private static func type(of tensor: ModelMetadata.Tensor) -> ValueType? {
        guard let datatype = Datatype(rawValue: tensor.datatype) else { return nil }
        let shape = tensor.shape.map { $0 < 0 ? Dimension.unknown : .fixed($0) }
        return .tensor(datatype.elementType, shape: shape)
    }

    private mutating func read(file path: String) throws {
        let bytes = try readFile(path == "-" ? "/dev/stdin" : path, limit: Self.byteLimit)
        guard TensorFileFormat(of: bytes) == .json else {
            return try add(readInput(bytes, for: declared, columns: columns))
        }
        if let request = try RequestFile(bytes) {
            (id, outputs) = (request.id, request.outputs)
            return inputs += request.inputs
        }
        let rows = RecordRows(bytes, inputs: declared, columns: columns)
        try add(readInput(rows?.bytes ?? bytes, for: declared, columns: columns))
    }

    private mutating func read(value text: String) throws {
        guard let equals = text.firstIndex(of: "="), let name = Optional(String(text[..<equals])),
            let json = Self.inlineJSON(text[text.index(after: equals)...])
        else { return try add(readInputs([text], for: declared)) }
        guard let input = declared.first(where: { $0.name == name }) else {
            return try add(readInputs([text], for: declared))
        }
        let read = try locating(.item("input", name)) { () throws(TensorFileError) in
            try readInput(json, name: name, for: declared)
        }
        try add(try read.mapValues { try Self.spread($0, over: input) })
    }

    /// A value that stands on the command line itself: an array, a string in quotes, a number or a truth value.
    private static func inlineJSON(_ text: Substring) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return nil }
        let isWritten = first == UInt8(ascii: "[") || first == UInt8(ascii: "\"")
        return isWritten || (try? JSONValue.parse(bytes)) != nil ? bytes : nil
    }

    /// A single element in the rank that the input has.
    private static func spread(_ value: Value, over input: ValueInfo) throws -> Value {
        guard let tensor = value.tensor, case .tensor(_, let shape?)? = input.type, tensor.shape.rank == 0,
            let ones = Shape(shape.map { _ in 1 })
        else { return value }
        return .tensor(try tensor.reshaped(to: ones))
    }

    private mutating func add(_ values: [String: Value]) throws {
        for (name, value) in values {
            guard !inputs.contains(where: { $0.name == name }) else {
                throw ClientError(.input, at: .item("input", name), "the input is given twice")
            }
            guard let tensor = value.tensor else {
                throw ClientError(
                    .input,
                    at: .item("input", name),
                    "the value is not a tensor, and the protocol has no other"
                )
            }
            inputs.append(NamedTensor(name: name, tensor: tensor))
        }
    }

    private func inFile<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as any Diagnostic {
            throw error.place.segments.first == .file(path) ? error : error.within(.file(path))
        }
    }
}
