/// A JSON document or a part of one.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The document that `bytes` hold, and nothing behind it but white space.
    ///
    /// *Throws*: `syntax`, `truncated`, `encoding`, `duplicateKey`, `limit`.
    /// *Source*: RFC 8259, with the keys of an object distinct.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) -> JSONValue {
        var cursor = try JSONCursor(bytes, limits: limits)
        let value = try cursor.readValue()
        try cursor.finish()
        return value
    }

    /// A floating-point number; what is not finite becomes `"NaN"`, `"Infinity"` or `"-Infinity"`.
    package init(_ value: Double) {
        self = JSONNumber(value).map { .number($0) } ?? .string(nonFiniteText(value))
    }

    /// A floating-point number in the digits that a `Float` needs; not finite as for `Double`.
    package init(_ value: Float) {
        self = JSONNumber(value).map { .number($0) } ?? .string(nonFiniteText(Double(value)))
    }

    /// The members, when the value is an object.
    package var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// The elements, when the value is an array.
    package var array: [JSONValue]? {
        guard case .array(let array) = self else { return nil }
        return array
    }

    /// The text, when the value is a string.
    package var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    /// The number, when the value is one.
    package var number: JSONNumber? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The truth value, when the value is one.
    package var bool: Bool? {
        guard case .bool(let bool) = self else { return nil }
        return bool
    }

    /// Whether the value is `null`.
    package var isNull: Bool { self == .null }

    /// The member of an object; `nil` when the value is none or has no such key.
    package subscript(key: String) -> JSONValue? { object?[key] }

    /// The kind of the value, as error texts name it: `an array`.
    package var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

/// The kinds of JSON values.
package enum JSONKind: Sendable, Hashable, CustomStringConvertible {
    case null, bool, number, string, array, object

    /// The kind with its article, as error texts name it: `an array`.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
