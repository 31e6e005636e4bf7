import Diagnostics

/// A place in a JSON text that moves over it value by value, and builds only what is asked for.
///
/// For example, the sum of `{"data": [1, 2, 3], …}`:
///
///     var cursor = try JSONCursor(bytes)
///     try cursor.enterObject()
///     while let key = try cursor.nextKey() {
///         if key == "data" { sum = try cursor.readNumbers(as: Double.self).reduce(0, +) } else { try cursor.skip() }
///     }
///     try cursor.finish()
///
/// All that is passed over is checked, also what is skipped.
package struct JSONCursor {
    let bytes: [UInt8]
    let limits: JSONLimits
    /// The byte that is read next.
    package internal(set) var offset = 0
    private var containers: [Container] = []

    /// An array or an object that has been entered.
    private struct Container {
        let isObject: Bool
        var isFresh = true
        var keys: [String] = []
        var keySet: Set<String> = []

        /// Notes a key; `false` when it is there already.
        mutating func insert(_ key: String) -> Bool {
            guard keySet.isEmpty else { return keySet.insert(key).inserted }
            guard !keys.contains(key) else { return false }
            keys.append(key)
            if keys.count > 8 { keySet = Set(keys) }
            return true
        }
    }

    /// Stands before the first value of `bytes`.
    ///
    /// *Throws*: `limit` when there are more bytes than allowed.
    package init(_ bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        guard bytes.count <= limits.byteCount else {
            throw JSONError(
                .limit,
                "the document is too long, expected at most \(limits.byteCount) bytes, got \(bytes.count)"
            )
        }
        self.bytes = bytes
        self.limits = limits
    }

    /// The kind of the value that comes next, told by its first character.
    package mutating func peek() throws(JSONError) -> JSONKind {
        skipSpace()
        guard offset < bytes.count else { throw unexpected(expected: "a value") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "N") where limits.acceptsNonFiniteLiterals: return .number
        case UInt8(ascii: "I") where limits.acceptsNonFiniteLiterals: return .number
        default: throw unexpected(expected: "a value")
        }
    }

    /// Steps into the object that comes next, before its first key.
    package mutating func enterObject() throws(JSONError) { try enter(.object) }

    /// Steps into the array that comes next, before its first element.
    package mutating func enterArray() throws(JSONError) { try enter(.array) }

    private mutating func enter(_ kind: JSONKind) throws(JSONError) {
        try expect(kind)
        guard containers.count < limits.depth else {
            throw error(.limit, "the document is too deep, expected at most \(limits.depth) levels")
        }
        offset += 1
        containers.append(Container(isObject: kind == .object))
    }

    /// The next key of the object that was entered last, standing before its value; `nil` behind the last one,
    /// when the object is left.
    ///
    /// *Throws*: `duplicateKey`, and what a string and the grammar throw.
    package mutating func nextKey() throws(JSONError) -> String? {
        guard try step(isObject: true, end: UInt8(ascii: "}")) else { return nil }
        skipSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw unexpected(expected: "a key") }
        let start = offset
        let key = try readString()
        guard containers[containers.count - 1].insert(key) else {
            offset = start
            throw error(.duplicateKey, "the object has the key `\(key)` twice")
        }
        skipSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { throw unexpected(expected: "`:`") }
        offset += 1
        return key
    }

    /// Whether the array that was entered last has one more element, then standing before it; else it is left.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try step(isObject: false, end: UInt8(ascii: "]"))
    }

    private mutating func step(isObject: Bool, end: UInt8) throws(JSONError) -> Bool {
        guard let container = containers.last, container.isObject == isObject else {
            throw error(.type, "the reader is not in \(isObject ? "an object" : "an array")")
        }
        skipSpace()
        if offset < bytes.count, bytes[offset] == end {
            offset += 1
            containers.removeLast()
            return false
        }
        if container.isFresh {
            containers[containers.count - 1].isFresh = false
            return true
        }
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: ",") else {
            throw unexpected(expected: isObject ? "`,` or `}`" : "`,` or `]`")
        }
        offset += 1
        return true
    }

    /// Makes the container that was entered last look left, after its closing character was taken.
    mutating func leaveContainer() { containers.removeLast() }

    /// Makes sure that nothing but white space follows the document.
    package mutating func finish() throws(JSONError) {
        skipSpace()
        guard offset == bytes.count else { throw unexpected(expected: "the end") }
    }

    /// The truth value that comes next.
    package mutating func readBool() throws(JSONError) -> Bool {
        try expect(.bool)
        if bytes[offset] == UInt8(ascii: "t") {
            try take("true")
            return true
        }
        try take("false")
        return false
    }

    /// The `null` that comes next.
    package mutating func readNull() throws(JSONError) {
        try expect(.null)
        try take("null")
    }

    /// The value that comes next, with everything in it.
    package mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .null:
            try take("null")
            return .null
        case .bool: return .bool(try readBool())
        case .number: return .number(try readNumber())
        case .string: return .string(try readString())
        case .array:
            var elements: [JSONValue] = []
            try enterArray()
            while try nextElement() { elements.append(try readValue()) }
            return .array(elements)
        case .object:
            var object = JSONObject()
            try enterObject()
            while let key = try nextKey() { object[key] = try readValue() }
            return .object(object)
        }
    }

    /// Passes over the value that comes next.
    package mutating func skip() throws(JSONError) {
        switch try peek() {
        case .null: try take("null")
        case .bool: _ = try readBool()
        case .number: _ = try scanNumber()
        case .string: try skipString()
        case .array:
            try enterArray()
            while try nextElement() { try skip() }
        case .object:
            try enterObject()
            while try nextKey() != nil { try skip() }
        }
    }

    mutating func expect(_ kind: JSONKind) throws(JSONError) {
        let found = try peek()
        guard found == kind else { throw error(.type, "the value is \(found), expected \(kind)") }
    }

    @inline(__always)
    mutating func skipSpace() {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            offset += 1
        }
    }

    mutating func take(_ word: StaticString) throws(JSONError) {
        for byte in word.description.utf8 {
            guard offset < bytes.count, bytes[offset] == byte else { throw unexpected(expected: "`\(word)`") }
            offset += 1
        }
    }
}
