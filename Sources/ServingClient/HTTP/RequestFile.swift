import Diagnostics
import JSON
package import ServingCore
import ServingHTTP

/// A request for inference that stands in a file as HTTP carries it, without bytes behind it.
package struct RequestFile: Sendable {
    package var id: String?
    package var inputs: [NamedTensor] = []
    package var outputs: [String] = []

    /// Reads a request; `nil` when the JSON is something else: no object whose `inputs` are objects in an array.
    ///
    /// *Throws*: `input` for a request of another form than the protocol's, and for parameters, which are not sent.
    package init?(_ bytes: [UInt8]) throws(ClientError) {
        guard Self.isRequest(bytes) else { return nil }
        do throws(JSONError) {
            var cursor = try JSONCursor(bytes, limits: JSONLimits(depth: 64, acceptsNonFiniteStrings: true))
            try read(&cursor)
            try cursor.finish()
        } catch {
            throw ClientError(.input, at: error.place, error.message)
        }
    }

    private static func isRequest(_ bytes: [UInt8]) -> Bool {
        guard var cursor = try? JSONCursor(bytes), (try? cursor.peek()) == .object,
            (try? cursor.enterObject()) != nil
        else { return false }
        while let key = (try? cursor.nextKey()) ?? nil {
            guard key == "inputs" else {
                guard (try? cursor.skip()) != nil else { return false }
                continue
            }
            guard (try? cursor.peek()) == .array, (try? cursor.enterArray()) != nil,
                (try? cursor.nextElement()) == true
            else { return false }
            return (try? cursor.peek()) == .object
        }
        return false
    }

    private mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
        var binary = BinarySection(bytes: [])
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch key {
            case "id": id = try cursor.readString()
            case "inputs":
                try cursor.enterArray()
                while try cursor.nextElement() { inputs.append(try readTensor(&cursor, &binary, as: "input")) }
            case "outputs":
                let value = try cursor.readValue()
                outputs = (value.array ?? []).compactMap { $0["name"]?.string }
            default:
                throw cursor.error(.type, "`\(key)` of a request is not sent, expected `id`, `inputs` and `outputs`")
            }
        }
    }
}
