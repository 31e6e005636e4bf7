import Diagnostics
import JSON

/// The parameters of a request or of a tensor: strings, numbers and booleans by name.
///
/// Parameters that change nothing here are read and ignored, as the protocol has it; those that ask for more than the
/// server does are refused.
struct Parameters {
    private var values: [String: JSONValue] = [:]
    private let cursor: JSONCursor

    private static let unsupported = [
        "shared_memory_byte_size", "shared_memory_offset", "shared_memory_region",
    ]

    init(_ cursor: inout JSONCursor) throws(JSONError) {
        self.cursor = cursor
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            guard !Self.unsupported.contains(key) else {
                throw cursor.error(.type, "the parameter `\(key)` is not supported")
            }
            switch try cursor.peek() {
            case .bool, .number, .string: values[key] = try cursor.readValue()
            case let kind:
                throw cursor.error(.type, "the parameter `\(key)` is \(kind), expected a string, number or boolean")
            }
        }
    }

    func bool(_ name: String) throws(JSONError) -> Bool? {
        guard let value = values[name] else { return nil }
        guard let bool = value.bool else {
            throw cursor.error(.type, "the parameter `\(name)` is \(value.kind), expected a boolean")
        }
        return bool
    }

    func byteCount(_ name: String) throws(JSONError) -> Int? {
        try int(name, in: 0...Int.max, "a count of bytes")
    }

    /// A whole number in a range.
    ///
    /// *Parameter* words: what the number is, for messages.
    func int(_ name: String, in range: ClosedRange<Int>, _ words: String) throws(JSONError) -> Int? {
        guard let value = values[name] else { return nil }
        guard let number = value.number?.int, range.contains(number) else {
            throw cursor.error(.type, "the parameter `\(name)` is out of range, expected \(words)")
        }
        return number
    }
}
