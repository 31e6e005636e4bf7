/// A JSON object with long arrays, whose elements are made while they are written: the whole is never in memory.
///
/// For example:
///
///     var document = JSONStream(["name": "iris"])
///     document.append("packages", packages.lazy.map { ["name": .string($0.name)] })
///     document.write(.pretty) { print(String(decoding: $0, as: UTF8.self), terminator: "") }
package struct JSONStream {
    private enum Value {
        case whole(JSONValue)
        case elements(AnySequence<JSONValue>)
    }

    private var members: [(key: String, value: Value)]

    /// How much text is handed on at once.
    private static let pieceByteCount = 1 << 16

    /// An object with some members.
    package init(_ members: JSONObject = [:]) {
        self.members = members.members.map { ($0.key, .whole($0.value)) }
    }

    /// Adds a member, whose key is not there yet.
    package mutating func append(_ key: String, _ value: JSONValue) { members.append((key, .whole(value))) }

    /// Adds an array, whose key is not there yet, of one run of elements after the other.
    ///
    /// The runs are gone through each time that the object is written.
    package mutating func append(_ key: String, _ runs: any Sequence<JSONValue>...) {
        members.append((key, .elements(AnySequence(runs.map { AnySequence($0) }.joined()))))
    }

    /// The object as a value, all of it in memory.
    package var value: JSONValue {
        .object(
            JSONObject(
                members.map { key, value in
                    switch value {
                    case .whole(let value): (key, value)
                    case .elements(let elements): (key, .array(Array(elements)))
                    }
                }
            )
        )
    }

    /// Hands the text of the object in UTF-8 to `consume`, piece by piece.
    ///
    /// *Throws*: what `consume` throws.
    package func write(_ style: JSONStyle, _ consume: ([UInt8]) throws -> Void) rethrows {
        var writer = JSONWriter(style)
        let members =
            style == .canonical ? self.members.sorted { JSONWriter.precedes($0.key, $1.key) } : self.members
        writer.append("{")
        for (number, member) in members.enumerated() {
            if number > 0 { writer.append(",") }
            writer.breakLine(level: 1)
            writer.write(key: member.key)
            switch member.value {
            case .whole(let value): writer.write(value, level: 1)
            case .elements(let elements): try write(elements, to: &writer, consume)
            }
        }
        if !members.isEmpty { writer.breakLine(level: 0) }
        writer.append("}")
        try consume(writer.takeBytes())
    }

    private func write(
        _ elements: AnySequence<JSONValue>,
        to writer: inout JSONWriter,
        _ consume: ([UInt8]) throws -> Void
    ) rethrows {
        writer.append("[")
        var isEmpty = true
        for element in elements {
            if !isEmpty { writer.append(",") }
            isEmpty = false
            writer.breakLine(level: 2)
            writer.write(element, level: 2)
            if writer.bytes.count >= Self.pieceByteCount { try consume(writer.takeBytes()) }
        }
        if !isEmpty { writer.breakLine(level: 1) }
        writer.append("]")
    }
}
