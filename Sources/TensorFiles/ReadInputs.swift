import Diagnostics
import Files
import JSON
import ModelFormats
package import OnnxIR
import OnnxReader
import Tensors

/// Reads the files of `--input` arguments for the inputs of a model.
///
/// Each argument is `NAME=PATH`, or `PATH` alone when the file says what it is for: an npz file, a JSON object, a CSV
/// file with a header, or any file when the model has a single input. `NAME=PATH.npz:MEMBER` picks an array.
///
/// *Parameter* inputs: all inputs that the model takes, those with defaults too.
/// *Parameter* option: what the arguments belong to, for errors.
/// *Parameter* columns: the columns of the only input in their order, by which those of a CSV file are found.
/// *Throws*: every code of `TensorFileCode`, at the file and the place in it.
package func readInputs(
    _ arguments: [String],
    for inputs: [ValueInfo],
    option: String = "--input",
    columns: [String] = []
) throws(TensorFileError) -> [String: Value] {
    var values: [String: Value] = [:]
    for text in arguments {
        let argument = try InputArgument(text, inputs: inputs, option: option)
        let file = try locating(.file(argument.path)) { () throws(TensorFileError) in
            try InputFile(argument, inputs: inputs, option: option, columns: columns).values()
        }
        for (name, value) in file {
            guard values.updateValue(value, forKey: name) == nil else {
                throw TensorFileError(.argument, at: .file(argument.path), "input `\(name)` is given twice")
            }
        }
    }
    return values
}

/// The files that `--input` arguments name.
///
/// *Throws*: `unknownInput` when no input has a name, `argument` when there is no path.
package func inputPaths(
    _ arguments: [String],
    for inputs: [ValueInfo],
    option: String = "--input"
) throws(TensorFileError) -> [String] {
    var paths: [String] = []
    for text in arguments { paths.append(try InputArgument(text, inputs: inputs, option: option).openedPath) }
    return paths
}

/// Reads the bytes of a file of values for the inputs of a model, as `readInputs` does.
///
/// *Parameter* name: the input that the file is for; `nil` when the file itself says which.
/// *Throws*: every code of `TensorFileCode`, at the place in the file.
package func readInput(
    _ bytes: [UInt8],
    name: String? = nil,
    for inputs: [ValueInfo],
    columns: [String] = []
) throws(TensorFileError) -> [String: Value] {
    let argument = InputArgument(name: name)
    return try InputFile(bytes, argument, inputs: inputs, option: "--input", columns: columns).values()
}

/// One file, and what it holds for the model.
private struct InputFile {
    private static let byteLimit = 1 << 34

    let argument: InputArgument
    let inputs: [ValueInfo]
    let option: String
    let columns: [String]
    let bytes: [UInt8]

    init(
        _ argument: InputArgument,
        inputs: [ValueInfo],
        option: String,
        columns: [String]
    ) throws(TensorFileError) {
        let bytes: [UInt8]
        do {
            bytes = try readFile(argument.openedPath, limit: Self.byteLimit)
        } catch {
            throw TensorFileError(error.code == .tooLarge ? .format : .file, error.message)
        }
        self.init(bytes, argument, inputs: inputs, option: option, columns: columns)
    }

    init(_ bytes: [UInt8], _ argument: InputArgument, inputs: [ValueInfo], option: String, columns: [String]) {
        self.bytes = bytes
        self.argument = argument
        self.inputs = inputs
        self.option = option
        self.columns = columns
    }

    func values() throws(TensorFileError) -> [String: Value] {
        switch TensorFileFormat(of: bytes) {
        case .npy:
            let tensor = try converting { () throws(ModelFormatError) in try readNpy(bytes) }
            return [try target(): try checked(tensor, for: try target())]
        case .npz: return try npz()
        case .json: return try json()
        case .onnx: return try onnx()
        case .csv: return try csv()
        }
    }

    /// The input that the file is for, when the file holds one value without a name.
    private func target() throws(TensorFileError) -> String {
        if let name = argument.name { return name }
        guard inputs.count == 1 else {
            let names = inputs.map { "`\($0.name)`" }.joined(separator: ", ")
            throw TensorFileError(
                .argument,
                "the file does not say which input it is for, the model has \(names)",
                hint: "write `\(option) NAME=\(argument.path)`"
            )
        }
        return inputs[0].name
    }

    private func input(_ name: String) throws(TensorFileError) -> ValueInfo {
        guard let input = inputs.first(where: { $0.name == name }) else {
            throw InputArgument.unknown(name, among: inputs.map(\.name))
        }
        return input
    }

    /// An array of NumPy's for an input, whose element type it must have.
    private func checked(_ tensor: Tensor, for name: String) throws(TensorFileError) -> Value {
        guard case .tensor(let elementType?, _)? = try input(name).type, elementType != tensor.elementType else {
            return .tensor(tensor)
        }
        let numPyNames: [ElementType: String] = [.float: "float32", .double: "float64", .string: "str"]
        throw TensorFileError(
            .elementType,
            "the array for input `\(name)` is `\(tensor.elementType.name)`, expected `\(elementType.name)`",
            hint: "save it as `x.astype(\"\(numPyNames[elementType] ?? elementType.name)\")`"
        )
    }

    private func npz() throws(TensorFileError) -> [String: Value] {
        let tensors = try converting { () throws(ModelFormatError) in try readNpz(bytes) }
        if let member = argument.member ?? (tensors.count == 1 ? nil : argument.name) {
            guard let tensor = tensors.first(where: { $0.name == member }) else {
                throw noMember(member, among: tensors.map(\.name))
            }
            return [try target(): try checked(tensor.tensor, for: try target())]
        }
        if let name = argument.name, let only = tensors.first { return [name: try checked(only.tensor, for: name)] }
        var values: [String: Value] = [:]
        for (name, tensor) in tensors { values[name] = try checked(tensor, for: name) }
        return values
    }

    private func noMember(_ member: String, among names: [String]) -> TensorFileError {
        let known = names.map { "`\($0)`" }.joined(separator: ", ")
        let hint = suggestion(for: member, among: names).map { "did you mean `\($0)`?" }
        return TensorFileError(.missingInput, "the file has no array `\(member)`, expected one of \(known)", hint: hint)
    }

    private func json() throws(TensorFileError) -> [String: Value] {
        let document = try converting { () throws(JSONError) in try JSONValue.parse(bytes, limits: Self.jsonLimits) }
        guard argument.name == nil, let object = document.object else {
            let name = try target()
            return [name: try jsonValue(document, for: try input(name))]
        }
        var values: [String: Value] = [:]
        for member in object.members {
            values[member.key] = try locating(.item("key", member.key)) { () throws(TensorFileError) in
                try jsonValue(member.value, for: try input(member.key))
            }
        }
        return values
    }

    private static let jsonLimits: JSONLimits = {
        var limits = JSONLimits.default
        limits.byteCount = byteLimit
        return limits
    }()

    private func jsonValue(_ value: JSONValue, for input: ValueInfo) throws(TensorFileError) -> Value {
        .tensor(try jsonTensor(value, elementType: try textInput(input).elementType))
    }

    private func onnx() throws(TensorFileError) -> [String: Value] {
        let region = try converting { () throws(TensorError) in
            try bytes.span.bytes.withUnsafeBytes { raw throws(TensorError) in try MemoryRegion.copying(raw) }
        }
        let name = argument.name ?? (inputs.count == 1 ? inputs[0].name : nil)
        let type = try name.map { name throws(TensorFileError) in try input(name).type } ?? nil
        let read = try converting { () throws(OnnxReaderError) in try readValue(region, type: type) }
        return [name == nil ? try input(read.name).name : try target(): read.value]
    }

    private func csv() throws(TensorFileError) -> [String: Value] {
        let table = try CSVTable(bytes, names: inputs.map(\.name) + columns)
        guard let name = argument.name else { return try table.values(for: inputs, columns: columns) }
        return [name: .tensor(try table.tensor(Array(0..<table.columnCount), for: try input(name)))]
    }
}

/// Runs `body`, whose failures become this module's.
func converting<Result, Failure: Diagnostic>(
    _ body: () throws(Failure) -> Result
) throws(TensorFileError) -> Result {
    do {
        return try body()
    } catch {
        throw TensorFileError(error)
    }
}
