import JSON
import ServingCore
import Tensors

extension TensorMetadata {
    /// The JSON Schema of the tensor as an input of a request; `nil` for elements that have no form in JSON.
    var inputSchema: JSONValue? {
        guard let element = datatype.elementSchema else { return nil }
        return [
            "type": "object",
            "title": .string("\(datatype.rawValue) \(wireShape)"),
            "required": ["name", "shape", "datatype", "data"],
            "properties": [
                "name": ["const": .string(name)],
                "shape": shapeSchema,
                "datatype": ["const": .string(datatype.rawValue)],
                "parameters": ["$ref": "#/components/schemas/Parameters"],
                "data": dataSchema(element),
            ],
        ]
    }

    /// The JSON Schema of the tensor as an output of an answer; `BYTES` where the highest values are asked for.
    var outputSchema: JSONValue {
        [
            "type": "object",
            "title": .string("\(datatype.rawValue) \(wireShape)"),
            "required": ["name", "shape", "datatype"],
            "properties": [
                "name": ["const": .string(name)],
                "shape": ["type": "array", "items": ["type": "integer", "minimum": 0]],
                "datatype": ["enum": .array(Set([datatype, .bytes]).map(\.rawValue).sorted().map { .string($0) })],
                "parameters": ["$ref": "#/components/schemas/Parameters"],
                "data": ["$ref": "#/components/schemas/TensorData"],
            ],
        ]
    }

    private var shapeSchema: JSONValue {
        let varying: JSONValue = ["type": "integer", "minimum": 0]
        guard let dimensions else { return ["type": "array", "maxItems": 64, "items": varying] }
        let count = JSONValue.number(JSONNumber(dimensions.count))
        guard dimensions.contains(where: { $0 != nil }) else {
            return ["type": "array", "minItems": count, "maxItems": count, "items": varying]
        }
        return [
            "type": "array", "minItems": count, "maxItems": count,
            "prefixItems": .array(
                dimensions.map { extent in extent.map { ["const": .number(JSONNumber($0))] } ?? varying }
            ),
        ]
    }

    /// The elements flat, or nested as the shape is.
    private func dataSchema(_ element: JSONValue) -> JSONValue {
        let dimensions = dimensions ?? [nil]
        var fixedCount: Int? = 1
        for extent in dimensions {
            let product = extent.flatMap { extent in fixedCount?.multipliedReportingOverflow(by: extent) }
            fixedCount = product.flatMap { $0.overflow ? nil : $0.partialValue }
        }
        let flat = array(of: element, count: fixedCount)
        // Deeper arrays are taken as well; a document says so in words.
        guard 2...8 ~= dimensions.count else { return flat }
        let nested = dimensions.reversed().reduce(element) { array(of: $0, count: $1) }
        return ["anyOf": [nested, flat]]
    }

    private func array(of items: JSONValue, count: Int?) -> JSONValue {
        var schema: JSONObject = ["type": "array", "items": items]
        if let count {
            schema["minItems"] = .number(JSONNumber(count))
            schema["maxItems"] = .number(JSONNumber(count))
        }
        return .object(schema)
    }

    /// The tensor as an example of an input: zeros, or empty strings, with 1 for every extent that varies.
    ///
    /// *Parameter* limit: the most elements; `nil` for a tensor with more, and for elements without a form in JSON.
    func example(limit: Int) -> JSONValue? {
        guard let shape = Shape((dimensions ?? [nil]).map { $0 ?? 1 }), shape.elementCount <= limit else { return nil }
        let element: JSONValue
        switch datatype {
        case .bool: element = false
        case .bytes: element = ""
        case .fp16, .bf16: return nil
        default: element = 0
        }
        return [
            "name": .string(name),
            "shape": .array(shape.dimensions.map { .number(JSONNumber($0)) }),
            "datatype": .string(datatype.rawValue),
            "data": .array(Array(repeating: element, count: shape.elementCount)),
        ]
    }
}

extension Datatype {
    /// The JSON Schema of one element; `nil` for those that have no form in JSON.
    fileprivate var elementSchema: JSONValue? {
        switch self {
        case .bool: ["type": "boolean"]
        case .bytes: ["type": "string"]
        case .fp32, .fp64: ["$ref": "#/components/schemas/Float"]
        case .fp16, .bf16: nil
        case .int8: integer(Int8.self)
        case .int16: integer(Int16.self)
        case .int32: integer(Int32.self)
        case .int64: integer(Int64.self)
        case .uint8: integer(UInt8.self)
        case .uint16: integer(UInt16.self)
        case .uint32: integer(UInt32.self)
        case .uint64: integer(UInt64.self)
        }
    }

    private func integer<Element: FixedWidthInteger>(_ type: Element.Type) -> JSONValue {
        [
            "type": "integer",
            "minimum": .number(JSONNumber(Element.min)),
            "maximum": .number(JSONNumber(Element.max)),
        ]
    }
}
