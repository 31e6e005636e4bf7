import ContentStore
import Diagnostics
import JSON

/// The fields of an object of a manifest or a config, with errors that name them.
struct Fields {
    private let object: JSONObject?
    private let name: String

    init(_ json: JSONValue, in name: String) {
        object = json.object
        self.name = name
    }

    private func mismatch(_ key: String, expected: String) -> OCIImageError {
        let got = object?[key].map(\.kind.description) ?? "nothing"
        return OCIImageError(.malformed, "`\(key)` of the \(name) has another type, expected \(expected), got \(got)")
    }

    /// The value of a key; `nil` when it is absent or null.
    subscript(key: String) -> JSONValue? { object?[key].flatMap { $0.isNull ? nil : $0 } }

    func string(_ key: String) throws(OCIImageError) -> String {
        guard let string = self[key]?.string else { throw mismatch(key, expected: "a string") }
        return string
    }

    func array(_ key: String) throws(OCIImageError) -> [JSONValue] {
        guard let array = self[key]?.array else { throw mismatch(key, expected: "an array") }
        return array
    }

    func count(_ key: String) throws(OCIImageError) -> Int {
        guard let count = self[key]?.number?.int64, count >= 0 else {
            throw mismatch(key, expected: "a number of bytes")
        }
        return Int(count)
    }

    /// A whole number; `nil` when the key is absent.
    func number(_ key: String) throws(OCIImageError) -> Int? {
        guard let value = self[key] else { return nil }
        guard let number = value.number?.int else { throw mismatch(key, expected: "a whole number") }
        return number
    }

    func digest(_ key: String) throws(OCIImageError) -> Digest {
        do {
            return try Digest(parsing: string(key))
        } catch let error as ContentStoreError {
            throw OCIImageError(.malformed, "`\(key)` of the \(name): \(error.message)")
        } catch {
            throw mismatch(key, expected: "a digest")
        }
    }

    /// A list of texts; empty when the key is absent.
    func texts(_ key: String) throws(OCIImageError) -> [String] {
        guard let value = self[key] else { return [] }
        let texts = value.array?.compactMap(\.string)
        guard let texts, texts.count == value.array?.count else { throw mismatch(key, expected: "an array of strings") }
        return texts
    }

    /// An object whose values are texts; empty when the key is absent.
    func strings(_ key: String) throws(OCIImageError) -> [String: String] {
        guard let value = self[key] else { return [:] }
        guard let members = value.object?.members else { throw mismatch(key, expected: "an object") }
        var strings: [String: String] = [:]
        for member in members {
            guard let string = member.value.string else { throw mismatch(key, expected: "an object of strings") }
            strings[member.key] = string
        }
        return strings
    }
}

extension [String: String] {
    /// The object with sorted keys.
    var json: JSONValue {
        .object(
            JSONObject(
                sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, .string($0.value)) }
            )
        )
    }
}
