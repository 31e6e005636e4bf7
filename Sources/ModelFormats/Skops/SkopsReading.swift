import Archives
import Diagnostics
import JSON

/// Reads a skops file of protocol 0 to 2 as the tree that a pickle of the same object gives.
///
/// The file is a zip archive: `schema.json` describes the object, `.npy`, `.npz` and `.bin` members hold its arrays and
/// bytes. The members may together grow to 64 MiB, and beyond that to 256 times the file's size. No name in it is
/// resolved and nothing is called.
///
/// *Throws*: `malformed`, `truncated`, `tooLarge`, `tooDeep`, and `unsupported` for kinds of nodes that skops adds later.
/// *Source*: `skops.io` of skops 0.1 to 0.16.
package func readSkops(
    _ bytes: [UInt8],
    limits: PickleLimits = .default
) throws(ModelFormatError) -> PickleTree {
    let byteCount = min(limits.byteCount, max(1 << 26, 256 * bytes.count))
    let archive: [ZipMember]
    do {
        archive = try readZip(bytes, limit: byteCount)
    } catch {
        throw ModelFormatError(error)
    }
    var members: [String: [UInt8]] = [:]
    for member in archive where members.updateValue(member.bytes, forKey: member.name) != nil {
        throw ModelFormatError(.malformed, at: .item("member", member.name), "the member stands twice, expected once")
    }
    guard let schemaBytes = members.removeValue(forKey: skopsSchemaName) else {
        throw ModelFormatError(.malformed, "the archive has no `\(skopsSchemaName)`, which each skops file has")
    }
    return try locating(.item("member", skopsSchemaName)) { () throws(ModelFormatError) in
        let schema = try readingJSON { () throws(JSONError) -> JSONValue in
            try JSONValue.parse(schemaBytes, limits: JSONLimits(depth: 256))
        }
        guard let version = schema["protocol"]?.number?.int, version >= 0 else {
            throw ModelFormatError(.malformed, "`protocol` is missing, expected a number from 0")
        }
        guard version <= 2 else {
            throw ModelFormatError(.unsupported, "skops protocol \(version) is not supported, expected 0 to 2")
        }
        var builder = SkopsTreeBuilder(members: members, limits: limits, byteCount: byteCount)
        let root = try builder.value(schema)
        builder.tree.finish(at: root)
        return builder.tree
    }
}

/// Whether bytes are a zip archive with the member that makes it a skops file.
package func looksLikeSkops(_ bytes: [UInt8]) -> Bool {
    guard bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) else { return false }
    // The names of all members stand once more in the directory at the end, where skops's last one is the schema's.
    let name = Array(skopsSchemaName.utf8)
    let tail = bytes.suffix(1 << 22)
    guard tail.count >= name.count else { return false }
    return (tail.startIndex...(tail.endIndex - name.count)).contains { start in
        tail[start] == name[0] && tail[start..<start + name.count].elementsEqual(name)
    }
}

let skopsSchemaName = "schema.json"

/// Runs `body`, whose failures become this module's.
func readingJSON<Result>(_ body: () throws(JSONError) -> Result) throws(ModelFormatError) -> Result {
    do {
        return try body()
    } catch {
        let code: ModelFormatCode =
            switch error.code {
            case .truncated: .truncated
            case .limit: .tooLarge
            default: .malformed
            }
        throw ModelFormatError(code, at: error.place, error.message)
    }
}
