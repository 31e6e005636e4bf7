package import JSON

extension OutlineValue {
    /// The value as a script reads it: what is cut has the number of all elements beside it.
    package var json: JSONValue {
        switch self {
        case .none: return .null
        case .bool(let bool): return .bool(bool)
        case .int(let int): return .number(JSONNumber(int))
        case .double(let double): return JSONValue(double)
        case .string(let string): return .string(string)
        case .text(let text): return ["description": .string(text)]
        case .array(let type, let shape, let elements):
            return [
                "type": .string(type), "shape": .array(shape.map { .number(JSONNumber($0)) }),
                "elements": .array(elements.map(\.json)),
            ]
        case .list(let elements, let count):
            let array = JSONValue.array(elements.map(\.json))
            return elements.count == count ? array : ["elements": array, "count": .number(JSONNumber(count))]
        case .entries(let entries, let count):
            let object = JSONValue.object(JSONObject(entries.map { ($0.name, $0.value.json) }))
            return entries.count == count ? object : ["entries": object, "count": .number(JSONNumber(count))]
        case .object(let className, let attributes):
            return [
                "class": .string(className),
                "attributes": .object(JSONObject(attributes.map { ($0.name, $0.value.json) })),
            ]
        }
    }
}
