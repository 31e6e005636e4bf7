import Diagnostics
package import OnnxReader
package import ServingCore
package import Tensors

/// A request for inference as gRPC carries it.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`, `ModelInferRequest`.
struct InferCall {
    private(set) var modelName = ""
    /// The version; `nil` for the highest.
    private(set) var modelVersion: String?
    private(set) var id = ""
    /// The outputs that are wanted; all when there are none.
    private(set) var outputs: [String] = []
    /// How many of the highest values are wanted of an output in place of all, by its name.
    private(set) var classCounts: [String: Int] = [:]
    /// How long after its arrival the request may still be computed, in nanoseconds.
    private(set) var timeout: Int?
    private var inputs: [InferTensor] = []
    /// Where the bytes of each input stand, when they stand outside of it.
    private var raw: [Range<Int>] = []
    private let bytes: [UInt8]

    /// *Throws*: `request` for bytes that are no such message.
    init(_ bytes: [UInt8]) throws(ServingError) {
        self.bytes = bytes
        try MessageReader.read(bytes, "ModelInferRequest") { reader, field throws(ServingError) in
            try read(&reader, field)
        }
    }

    private mutating func read(_ reader: inout MessageReader, _ field: WireField) throws(ServingError) -> Bool {
        switch field.number {
        case 1: modelName = try reader.string(field)
        case 2:
            let version = try reader.string(field)
            modelVersion = version.isEmpty ? nil : version
        case 3: id = try reader.string(field)
        case 4:
            let parameter = try InferParameter(&reader, field)
            if parameter.name == "timeout" {
                timeout = try parameter.int(in: 0...(1 << 50)).flatMap { $0 > 0 ? $0 * 1000 : nil }
            }
        case 5:
            guard inputs.count < 4096 else {
                throw ServingError(.request, "there are too many inputs, expected at most 4096")
            }
            inputs.append(try InferTensor(&reader, field))
        case 6: try readOutput(&reader, field)
        case 7: raw.append(try reader.range(field))
        default: return false
        }
        return true
    }

    private mutating func readOutput(_ reader: inout MessageReader, _ field: WireField) throws(ServingError) {
        var name = ""
        var classCount: Int?
        try reader.message(field, "InferRequestedOutputTensor") { reader, field throws(ServingError) in
            switch field.number {
            case 1: name = try reader.string(field)
            case 2:
                let parameter = try InferParameter(&reader, field)
                if parameter.name == "classification" { classCount = try parameter.int(in: 0...Int.max) }
            default: return false
            }
            return true
        }
        outputs.append(name)
        classCounts[name] = classCount.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The request without what only the protocol is concerned with.
    ///
    /// *Parameter* patience: how long the client waits, in nanoseconds.
    /// *Throws*: `request` for tensors that are not what they say.
    func core(patience: Int?) throws(ServingError) -> InferenceRequest {
        guard raw.isEmpty || raw.count == inputs.count else {
            throw ServingError(
                .request,
                "`raw_input_contents` has \(raw.count) elements, expected one for each of \(inputs.count) inputs"
            )
        }
        var tensors: [NamedTensor] = []
        for (index, input) in inputs.enumerated() {
            let raw = raw.isEmpty ? nil : bytes[raw[index]]
            tensors.append(
                try locating(.item("input", input.name)) { () throws(ServingError) in
                    NamedTensor(name: input.name, tensor: try input.tensor(raw))
                }
            )
        }
        var request = InferenceRequest(inputs: tensors, outputs: outputs.isEmpty ? nil : outputs)
        request.timeout = [timeout, patience].compactMap(\.self).min()
        return request
    }
}

/// A parameter with its name: an entry of a map.
struct InferParameter {
    private(set) var name = ""
    private var integer: Int64?

    init(_ reader: inout MessageReader, _ field: WireField) throws(ServingError) {
        try reader.message(field, "ParametersEntry") { reader, field throws(ServingError) in
            switch field.number {
            case 1: name = try reader.string(field)
            case 2:
                try reader.message(field, "InferParameter") { reader, field throws(ServingError) in
                    guard field.number == 2 || field.number == 5 else { return false }
                    integer = Int64(bitPattern: try reader.varint(field))
                    return true
                }
            default: return false
            }
            return true
        }
        guard !name.hasPrefix("shared_memory") else {
            throw ServingError(.unsupported, "the parameter `\(name)` is not supported")
        }
    }

    /// The parameter's whole number.
    ///
    /// *Throws*: `request` for one out of the range, and for another value.
    func int(in range: ClosedRange<Int>) throws(ServingError) -> Int? {
        guard let integer, range.contains(Int(integer)) else {
            throw ServingError(.request, "the parameter `\(name)` is out of range, expected a whole number")
        }
        return Int(integer)
    }
}

/// An input as it stands in the message, or an output in that of an answer, which has the same form.
///
/// *Source*: `grpc_predict_v2.proto`, `InferInputTensor`, `InferOutputTensor`.
package struct InferTensor {
    package private(set) var name = ""
    private var datatypeName = ""
    private var extents: [Int] = []
    private var contents: TensorContents?

    /// *Throws*: `request` for bytes that are no such message.
    package init(_ reader: inout MessageReader, _ field: WireField) throws(ServingError) {
        try reader.message(field, "InferInputTensor") { reader, field throws(ServingError) in
            switch field.number {
            case 1: name = try reader.string(field)
            case 2: datatypeName = try reader.string(field)
            case 3:
                try reader.append(field, to: &extents) { Int(Int64(bitPattern: $0)) }
                guard extents.count <= 64 else {
                    throw ServingError(.request, "the shape has too many axes, expected at most 64")
                }
            case 4: _ = try InferParameter(&reader, field)
            case 5:
                var contents = contents ?? TensorContents()
                try contents.read(&reader, field)
                self.contents = contents
            default: return false
            }
            return true
        }
    }

    /// The tensor, from bytes that stand outside of it or from its contents.
    ///
    /// *Throws*: `request` for elements that are not what the head says.
    package func tensor(_ raw: ArraySlice<UInt8>?) throws(ServingError) -> Tensor {
        guard let datatype = Datatype(rawValue: datatypeName) else {
            let known = Datatype.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw ServingError(.request, "the datatype `\(datatypeName)` is unknown, expected one of \(known)")
        }
        guard let shape = Shape(extents) else {
            throw ServingError(.request, "the shape \(extents) is out of range, expected extents of 0 or more")
        }
        guard raw == nil || contents?.isEmpty ?? true else {
            throw ServingError(
                .request,
                "the tensor has both `contents` and `raw_input_contents`, expected one of them"
            )
        }
        do throws(TensorError) {
            guard let raw else { return try (contents ?? TensorContents()).tensor(datatype, shape) }
            return try binaryTensor(raw, datatype, shape)
        } catch {
            throw ServingError(.request, at: error.place, error.message)
        }
    }
}
