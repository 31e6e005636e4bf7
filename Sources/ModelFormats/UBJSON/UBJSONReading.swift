import Diagnostics

/// Reads a document in Universal Binary JSON, as XGBoost writes it: containers may be counted and typed.
///
/// *Throws*: `malformed`, `truncated`, `tooDeep` beyond 64 levels.
/// *Source*: https://ubjson.org, draft 12.
package func readUBJSON(_ bytes: [UInt8]) throws(ModelFormatError) -> DocumentValue {
    var reader = UBJSONReader(cursor: ByteCursor(bytes))
    let value = try reader.value(marker: try reader.marker(), depth: 0)
    guard reader.cursor.remaining == 0 else {
        throw ModelFormatError(
            .malformed,
            at: .offset(reader.cursor.offset),
            "\(reader.cursor.remaining) bytes follow the document, expected the end"
        )
    }
    return value
}

private struct UBJSONReader {
    var cursor: ByteCursor

    static let depthLimit = 64

    /// The next marker; `N` says nothing and is passed over.
    mutating func marker() throws(ModelFormatError) -> Character {
        while true {
            let marker = Character(Unicode.Scalar(try cursor.byte()))
            if marker != "N" { return marker }
        }
    }

    private mutating func marker(or known: Character?) throws(ModelFormatError) -> Character {
        guard let known else { return try marker() }
        return known
    }

    mutating func value(marker: Character, depth: Int) throws(ModelFormatError) -> DocumentValue {
        guard depth < Self.depthLimit else {
            throw ModelFormatError(
                .tooDeep,
                at: .offset(cursor.offset),
                "values nest too deep, expected at most \(Self.depthLimit) levels"
            )
        }
        switch marker {
        case "Z": return .null
        case "T": return .bool(true)
        case "F": return .bool(false)
        case "S", "H": return .string(try string())
        case "C": return .string(String(Character(Unicode.Scalar(try cursor.byte()))))
        case "[": return try array(depth: depth)
        case "{": return try object(depth: depth)
        default: return .number(try number(marker: marker))
        }
    }

    private mutating func number(marker: Character) throws(ModelFormatError) -> Double {
        switch marker {
        case "i": return Double(Int8(bitPattern: try cursor.byte()))
        case "U": return Double(try cursor.byte())
        case "I": return Double(try cursor.bigEndian(Int16.self))
        case "l": return Double(try cursor.bigEndian(Int32.self))
        case "L": return Double(try cursor.bigEndian(Int64.self))
        case "d": return Double(Float(bitPattern: try cursor.bigEndian(UInt32.self)))
        case "D": return Double(bitPattern: try cursor.bigEndian(UInt64.self))
        default:
            throw ModelFormatError(
                .malformed,
                at: .offset(max(0, cursor.offset - 1)),
                "`\(marker.unicodeScalars.first.map { "0x" + String($0.value, radix: 16) } ?? "")` is not a marker of UBJSON"
            )
        }
    }

    private mutating func string() throws(ModelFormatError) -> String {
        String(decoding: try cursor.take(try count(marker: try marker())), as: UTF8.self)
    }

    private mutating func count(marker: Character) throws(ModelFormatError) -> Int {
        let start = cursor.offset
        guard "iUIlL".contains(marker), let count = Int(exactly: try number(marker: marker)), count >= 0 else {
            throw ModelFormatError(.malformed, at: .offset(start), "a length is not a whole number from 0")
        }
        return count
    }

    /// The type and count that may stand before the elements of a container.
    private mutating func header() throws(ModelFormatError) -> (type: Character?, count: Int?, first: Character?) {
        var next = try marker()
        var type: Character?
        if next == "$" {
            type = try marker()
            next = try marker()
            guard next == "#" else {
                throw ModelFormatError(.malformed, at: .offset(cursor.offset), "a typed container has no count")
            }
            if let type, "TFZ".contains(type) {
                throw ModelFormatError(
                    .unsupported,
                    at: .offset(cursor.offset),
                    "containers of the type `\(type)` are not supported: their elements take no bytes"
                )
            }
        }
        guard next == "#" else { return (nil, nil, next) }
        let count = try count(marker: try marker())
        guard count <= cursor.remaining / Self.minimumByteCount(of: type) else {
            throw ModelFormatError(
                .truncated,
                at: .offset(cursor.offset),
                "the data ends too soon, expected \(count) elements, got \(cursor.remaining) bytes"
            )
        }
        return (type, count, nil)
    }

    /// Bytes that an element takes at least; an untyped one has a marker.
    private static func minimumByteCount(of type: Character?) -> Int {
        switch type {
        case "I", "S", "H": 2
        case "l", "d": 4
        case "L", "D": 8
        default: 1
        }
    }

    private mutating func array(depth: Int) throws(ModelFormatError) -> DocumentValue {
        var (type, count, next) = try header()
        if let type, let count, "iUIlLdD".contains(type) {
            var numbers: [Double] = []
            numbers.reserveCapacity(count)
            for _ in 0..<count { numbers.append(try number(marker: type)) }
            return .numbers(numbers)
        }
        var elements: [DocumentValue] = []
        if let count {
            for _ in 0..<count { elements.append(try value(marker: try marker(or: type), depth: depth + 1)) }
        } else {
            while let marker = next, marker != "]" {
                elements.append(try value(marker: marker, depth: depth + 1))
                next = try self.marker()
            }
        }
        let array = DocumentValue.array(elements)
        return array.numbers.map { .numbers($0) } ?? array
    }

    private mutating func object(depth: Int) throws(ModelFormatError) -> DocumentValue {
        var (type, count, next) = try header()
        var entries: [String: DocumentValue] = [:]
        var left = count ?? .max
        while left > 0 {
            let marker = try self.marker(or: next)
            next = nil
            guard count != nil || marker != "}" else { break }
            let start = cursor.offset
            let key = String(decoding: try cursor.take(try self.count(marker: marker)), as: UTF8.self)
            let value = try value(marker: try self.marker(or: type), depth: depth + 1)
            guard entries.updateValue(value, forKey: key) == nil else {
                throw ModelFormatError(.malformed, at: .offset(start), "key `\(key)` stands twice")
            }
            left -= 1
        }
        return .object(entries)
    }
}
