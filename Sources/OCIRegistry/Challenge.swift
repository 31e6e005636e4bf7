import Downloads

/// How a server wants to be asked: one scheme of a `WWW-Authenticate` header.
///
/// *Source*: RFC 9110, section 11.6.1; RFC 6750 for `Bearer`.
package struct Challenge: Sendable, Hashable {
    /// In lower case: `basic`, `bearer`.
    package var scheme: String
    /// Names in lower case.
    package var parameters: [String: String]

    /// A challenge.
    package init(scheme: String, parameters: [String: String]) {
        self.scheme = scheme
        self.parameters = parameters
    }

    /// The challenge of an answer that is met here: a token when there is a choice.
    static func preferred(_ response: HTTPResponse) -> Challenge? {
        let challenges = response.values("www-authenticate").flatMap(parse)
        return challenges.first { $0.scheme == "bearer" && $0.parameters["realm"] != nil }
            ?? challenges.first { $0.scheme == "basic" }
    }

    /// All challenges of a header; what is of another form is passed over.
    package static func parse(_ header: String) -> [Challenge] {
        var scanner = Scanner(bytes: Array(header.utf8))
        var challenges: [Challenge] = []
        while let token = scanner.token() {
            if scanner.skip(UInt8(ascii: "=")) {
                let value = scanner.value()
                if !challenges.isEmpty { challenges[challenges.count - 1].parameters[token.lowercased()] = value }
            } else {
                challenges.append(Challenge(scheme: token.lowercased(), parameters: [:]))
            }
        }
        return challenges
    }
}

private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    private static let separators = Array(" \t,".utf8)
    private static let ends = Array(" \t,=\"".utf8)

    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// The next name; `nil` at the end.
    mutating func token() -> String? {
        while position < bytes.count, Self.separators.contains(bytes[position]) { position += 1 }
        let start = position
        while position < bytes.count, !Self.ends.contains(bytes[position]) { position += 1 }
        guard position > start else { return nil }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A quoted text, or a name.
    mutating func value() -> String {
        guard skip(UInt8(ascii: "\"")) else { return token() ?? "" }
        var value: [UInt8] = []
        while position < bytes.count, !skip(UInt8(ascii: "\"")) {
            if skip(UInt8(ascii: "\\")), position == bytes.count { break }
            value.append(bytes[position])
            position += 1
        }
        return String(decoding: value, as: UTF8.self)
    }
}
