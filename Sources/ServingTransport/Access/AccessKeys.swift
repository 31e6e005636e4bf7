import Diagnostics
import Files

/// The keys that clients show, each with the groups of calls that it opens.
///
/// A file has a line for each key: the groups, a colon, and the key or its hash. `open` in place of a key is for
/// everybody. Several lines may name a group, so that a new key is good before the old one goes.
///
///     # comment
///     inference, metadata: 6kPp0cVzq0gPPwJt1Q
///     admin: sha256:9b7…
///     metrics: open
package struct AccessKeys: Sendable {
    private struct Entry: Sendable {
        let digest: [UInt8]
        var groups: Set<CallGroup>
    }

    /// Why a call is refused.
    package enum Denial: Sendable, Hashable {
        /// No key is shown.
        case noKey
        /// What is shown is no key.
        case unknownKey
        /// More than one header field shows a key, of which servers on the way may have looked at another one.
        case severalKeys
        /// The key opens other groups.
        case otherGroup(CallGroup)
    }

    private var entries: [Entry] = []
    private var openGroups: Set<CallGroup> = [.open]

    /// The keys of a file's text.
    ///
    /// *Parameter* path: for messages.
    /// *Throws*: `credentials` at the line that is wrong; keys are never repeated in messages.
    package init(_ text: String, path: String) throws(ServerError) {
        // CR LF is one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.map(\.trimmed).enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            try locating(Place([.file(path), .line(index + 1, column: 1)])) { () throws(ServerError) in try add(line) }
        }
        guard !entries.isEmpty else {
            throw ServerError(
                .credentials,
                at: .file(path),
                "the file holds no key, expected lines such as `inference: KEY`"
            )
        }
    }

    private mutating func add(_ line: Substring) throws(ServerError) {
        guard let colon = line.firstIndex(of: ":") else {
            throw ServerError(.credentials, "the line has no colon, expected `GROUP: KEY`")
        }
        var groups: Set<CallGroup> = []
        for name in line[..<colon].split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed) {
            guard let group = CallGroup(rawValue: String(name)), group != .open else {
                let known = CallGroup.allCases.filter { $0 != .open }.map { "`\($0.rawValue)`" }
                throw ServerError(
                    .credentials,
                    "the group `\(name)` is unknown, expected one of \(known.joined(separator: ", "))"
                )
            }
            groups.insert(group)
        }
        let key = line[line.index(after: colon)...].trimmed
        if key == "open" {
            openGroups.formUnion(groups)
        } else {
            add(try digest(of: key), groups)
        }
    }

    private mutating func add(_ digest: [UInt8], _ groups: Set<CallGroup>) {
        if let index = entries.firstIndex(where: { $0.digest == digest }) {
            entries[index].groups.formUnion(groups)
        } else {
            entries.append(Entry(digest: digest, groups: groups))
        }
    }

    private func digest(of key: Substring) throws(ServerError) -> [UInt8] {
        let prefix = "sha256:"
        guard !key.hasPrefix(prefix) else {
            let digits = key.dropFirst(prefix.count).utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard key.utf8.count == prefix.count + 64, digits.count == 64 else {
                throw ServerError(
                    .credentials,
                    "the hash has another form, expected `sha256:` and 64 hexadecimal digits"
                )
            }
            return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
        guard 16...512 ~= key.utf8.count else {
            throw ServerError(.credentials, "the key has \(key.utf8.count) characters, expected 16 to 512")
        }
        guard key.utf8.allSatisfy(isTokenByte) else {
            throw ServerError(.credentials, "the key has other characters than letters, digits and `-._~+/=`")
        }
        return SHA256.digest(of: Array(key.utf8))
    }

    /// The keys of a file, as it holds them while the server runs.
    ///
    /// *Throws*: `notFound` and `refused` of the file, and `credentials` for what it holds.
    package static func file(_ path: String) throws -> FileBacked<AccessKeys> {
        try FileBacked([path]) {
            guard let text = String(validating: try readFile(path, limit: 1 << 20), as: UTF8.self) else {
                throw ServerError(.credentials, at: .file(path), "the file is not UTF-8")
            }
            return try AccessKeys(text, path: path)
        }
    }

    /// Why a call of a group is refused; `nil` when it is not.
    ///
    /// How long it takes does not depend on which key is the right one, nor on how much of it is right.
    ///
    /// *Parameter* fields: the values of `Authorization`.
    /// *Source*: RFC 6750, sections 2.1 and 3.1.
    package func denial(of group: CallGroup, _ fields: [String]) -> Denial? {
        if openGroups.contains(group) { return nil }
        guard let field = fields.first else { return .noKey }
        let scheme = "bearer "
        guard fields.count == 1 else { return .severalKeys }
        guard field.utf8.count <= 1024, field.lowercased().hasPrefix(scheme) else { return .unknownKey }
        let digest = SHA256.digest(of: Array(field.utf8.dropFirst(scheme.utf8.count)))
        var found: Set<CallGroup>?
        for entry in entries where areEqual(entry.digest, digest) { found = entry.groups }
        guard let found else { return .unknownKey }
        return found.contains(group) ? nil : .otherGroup(group)
    }
}

/// Whether two digests are the same, in a time that their bytes do not change.
private func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}

/// *Source*: RFC 6750, section 2.1, `b64token`.
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~+/=".utf8.contains(byte)
    }
}

extension Substring {
    /// Without blanks at either end.
    fileprivate var trimmed: Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
        return rest
    }
}
