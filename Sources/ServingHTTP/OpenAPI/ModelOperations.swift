import JSON
import ServingCore

/// What the document says of the paths of one model: those of any model, with its name and its own schemas in them.
struct ModelOperations {
    private let model: ServedModel
    /// The version that the paths name; `nil` for the paths that mean the highest.
    private let version: String?

    /// What stands behind the name, and the version, in the paths that each model has of its own.
    private static let suffixes = ["", "/infer", "/ready", "/stats"]

    init(_ model: ServedModel, version: String? = nil) {
        self.model = model
        self.version = version
    }

    /// Puts the paths of the model into the document, next to those that are there for all models.
    ///
    /// *Parameter* templates: the paths of the protocol.
    func write(to paths: inout JSONObject, templates: JSONObject) {
        let template = "/v2/models/{model}" + (version == nil ? "" : "/versions/{version}")
        let name = percentEncoded(model.name)
        let place = "/v2/models/\(name)" + (version.map { "/versions/\($0)" } ?? "")
        for suffix in Self.suffixes where paths[place + suffix] == nil {
            guard let operations = templates[template + suffix]?.object else { continue }
            let own = operations.members.map { ($0.key, operation($0.value, suffix: suffix)) }
            paths[place + suffix] = .object(JSONObject(own))
        }
    }

    private func operation(_ template: JSONValue, suffix: String) -> JSONValue {
        guard var operation = template.object else { return template }
        let kept = (operation["parameters"]?.array ?? []).filter { parameter in
            let name = parameter["$ref"]?.string
            return name != "#/components/parameters/model" && name != "#/components/parameters/version"
        }
        operation["parameters"] = kept.isEmpty ? nil : .array(kept)
        operation["tags"] = ["model"]
        operation["x-model"] = .string(model.name)
        let place = model.name + (version.map { "_" + $0 } ?? "")
        operation["operationId"] = operation["operationId"]?.string.map { .string("\($0)_\(place)") }
        guard suffix == "/infer" else { return .object(operation) }
        operation["requestBody"] = ["required": true, "content": requestContent]
        if var responses = operation["responses"]?.object {
            responses["200"] = ["description": "The outputs.", "content": responseContent]
            operation["responses"] = .object(responses)
        }
        return .object(operation)
    }

    private var requestContent: JSONValue {
        let bytes: JSONValue = ["schema": [:]]
        guard let json = jsonRequest else { return ["application/octet-stream": bytes] }
        return ["application/json": json, "application/octet-stream": bytes]
    }

    /// A request in JSON; `nil` when an input has no form there.
    private var jsonRequest: JSONValue? {
        let schemas = model.inputs.compactMap(\.inputSchema)
        guard schemas.count == model.inputs.count else { return nil }
        let count = JSONValue.number(JSONNumber(schemas.count))
        let names = model.outputs.map { JSONValue.string($0.name) }
        var inputs: JSONObject = ["type": "array", "minItems": count, "maxItems": count]
        if let only = schemas.first { inputs["items"] = schemas.count == 1 ? only : ["anyOf": .array(schemas)] }
        let schema: JSONValue = [
            "type": "object",
            "required": ["inputs"],
            "properties": [
                "id": ["type": "string"],
                "parameters": ["$ref": "#/components/schemas/Parameters"],
                "inputs": .object(inputs),
                "outputs": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "required": ["name"],
                        "properties": [
                            "name": ["enum": .array(names)],
                            "parameters": ["$ref": "#/components/schemas/Parameters"],
                        ],
                    ],
                ],
            ],
        ]
        guard let example else { return ["schema": schema] }
        return ["schema": schema, "example": example]
    }

    /// A request that is answered as it stands; `nil` for more elements than somebody would want to read.
    var example: JSONValue? {
        var rest = 1024
        var inputs: [JSONValue] = []
        for input in model.inputs {
            guard let example = input.example(limit: rest) else { return nil }
            rest -= example["data"]?.array?.count ?? 0
            inputs.append(example)
        }
        let isPlain = model.outputs.allSatisfy { $0.datatype != .fp16 && $0.datatype != .bf16 }
        guard !isPlain else { return ["inputs": .array(inputs)] }
        return ["parameters": ["binary_data_output": true], "inputs": .array(inputs)]
    }

    private var responseContent: JSONValue {
        let schema: JSONValue = [
            "type": "object",
            "required": ["model_name", "model_version", "outputs"],
            "properties": [
                "model_name": ["const": .string(model.name)],
                "model_version": ["type": "string"],
                "id": ["type": "string"],
                "outputs": ["type": "array", "items": ["anyOf": .array(model.outputs.map(\.outputSchema))]],
            ],
        ]
        return ["application/json": ["schema": schema], "application/octet-stream": ["schema": [:]]]
    }
}

/// Text as a part of a path.
///
/// *Source*: RFC 3986, section 2.3: what is not unreserved is encoded.
private func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
        }
    }
    return encoded
}
