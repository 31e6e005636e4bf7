import Diagnostics
import JSON
import ServingCore
import ServingTransport
import Tensors

/// A request for inference as HTTP carries it: JSON, and behind it the bytes of tensors that are not in the JSON.
///
/// *Source*: Open Inference Protocol, Inference Request JSON Object; Triton's binary tensor data extension.
struct InferRequest {
    /// The request without what only the protocol is concerned with.
    var core = InferenceRequest(inputs: [])
    /// What the answer repeats, so that a client can tell answers apart.
    var id: String?
    /// Whether outputs that say nothing of their own are wanted as bytes.
    var wantsBinary = false
    /// Which outputs are wanted as bytes, where they say so.
    var wantsBinaryByOutput: [String: Bool] = [:]
    /// How many of the highest values are wanted of an output in place of all, by its name.
    var classCounts: [String: Int] = [:]

    /// The header field with the length of the JSON that comes before the bytes.
    static let lengthHeader = "inference-header-content-length"

    init(_ request: HTTPRequest, for model: ServedModel) throws(ServingError) {
        let lengths = request.values(of: Self.lengthHeader)
        guard lengths.count <= 1 else {
            throw ServingError(.request, "the header `\(Self.lengthHeader)` is given twice")
        }
        var length = request.body.count
        if let text = lengths.first {
            guard let value = Int(text), "\(value)" == text, 0...request.body.count ~= value else {
                let limit = request.body.count
                throw ServingError(
                    .request,
                    "the header `\(Self.lengthHeader)` is out of range, expected 0 to \(limit), got `\(text)`"
                )
            }
            length = value
            if value == 0 {
                self.init(raw: try rawInput(request.body, of: model))
                return
            }
        }
        let json = length == request.body.count ? request.body : Array(request.body[..<length])
        self.init()
        do throws(JSONError) {
            var binary = BinarySection(bytes: request.body[length...])
            var cursor = try JSONCursor(json, limits: JSONLimits(depth: 32, acceptsNonFiniteStrings: true))
            try read(&cursor, &binary)
            try cursor.finish()
            try binary.finish()
        } catch {
            throw ServingError(.request, at: error.place, error.message)
        }
    }

    private init() {}

    /// The form without JSON: the body is the only input, and the answer is in bytes too.
    private init(raw input: NamedTensor) {
        core.inputs = [input]
        wantsBinary = true
    }

    private mutating func read(_ cursor: inout JSONCursor, _ binary: inout BinarySection) throws(JSONError) {
        var hasInputs = false
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch key {
            case "id": id = try cursor.readString()
            case "parameters":
                let parameters = try Parameters(&cursor)
                wantsBinary = try parameters.bool("binary_data_output") ?? false
                let timeout = try parameters.int("timeout", in: 0...(1 << 50), "microseconds")
                _ = try parameters.int("priority", in: 0...Int(UInt32.max), "0 or more")
                core.timeout = timeout.flatMap { $0 > 0 ? $0 * 1000 : nil }
            case "inputs":
                hasInputs = true
                try cursor.enterArray()
                while try cursor.nextElement() {
                    guard core.inputs.count < 4096 else {
                        throw cursor.error(.limit, "there are too many inputs, expected at most 4096")
                    }
                    core.inputs.append(try readTensor(&cursor, &binary))
                }
            case "outputs":
                try cursor.enterArray()
                var names: [String] = []
                while try cursor.nextElement() { names.append(try readOutput(&cursor)) }
                core.outputs = names.isEmpty ? nil : names
            default: try cursor.skip()
            }
        }
        guard hasInputs else { throw cursor.error(.type, "the request has no `inputs`") }
    }

    private mutating func readOutput(_ cursor: inout JSONCursor) throws(JSONError) -> String {
        var name: String?
        var parameters: Parameters?
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch key {
            case "name": name = try cursor.readString()
            case "parameters": parameters = try Parameters(&cursor)
            default: try cursor.skip()
            }
        }
        guard let name else { throw cursor.error(.type, "the output has no `name`") }
        wantsBinaryByOutput[name] = try parameters?.bool("binary_data")
        classCounts[name] = try parameters?.int("classification", in: 0...Int.max, "a count of classes")
            .flatMap { $0 > 0 ? $0 : nil }
        return name
    }
}
