import Diagnostics

/// A package in the words of conda: `numpy`, `numpy=1.26`, `numpy 1.26 py311_0`, `conda-forge::scipy >=1.11,<2`.
///
/// *Source*: conda's MatchSpec.
struct CondaSpec {
    /// In lower case, without a channel.
    let name: String
    /// The version in the form of PEP 440, `==1.26.*,<2`; empty when any will do.
    let version: String

    /// Reads a package.
    ///
    /// *Throws*: `unsupported` for builds, and for what PEP 440 has no form for.
    init(_ text: String) throws(EnvironmentError) {
        func refusal(_ words: String) -> EnvironmentError {
            EnvironmentError(.unsupported, "\(words), expected `name=version`, got `\(text)`")
        }
        // A channel may stand before the name.
        let spec = Array(text.utf8.split(separator: UInt8(ascii: ":")).last ?? text.utf8[...])
        guard !spec.contains(UInt8(ascii: "[")) else { throw refusal("brackets of a MatchSpec are not read here") }
        guard !spec.contains(UInt8(ascii: "|")) else { throw refusal("alternatives have no counterpart on PyPI") }
        let words = Self.words(spec)
        let first = words.first ?? []
        let named = first.prefix { Self.isOfName($0) }
        guard !named.isEmpty else { throw refusal("the name of the package is missing") }
        name = String(decoding: named, as: UTF8.self).lowercased()
        // What follows the name at once has an operator; what follows a blank may have none.
        let rest = ([Array(first.dropFirst(named.count))] + words.dropFirst()).filter { !$0.isEmpty }
        guard rest.count <= 1 else { throw refusal("builds of conda have no counterpart on PyPI") }
        var parts: [String] = []
        for part in rest.first?.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) ?? [] {
            let part = String(decoding: part, as: UTF8.self)
            let version = part.drop { "=<>!~".contains($0) }
            guard !version.contains("=") else { throw refusal("builds of conda have no counterpart on PyPI") }
            guard !version.isEmpty else { throw refusal("a version is missing") }
            if let part = Self.pep440(part.prefix(part.count - version.count), version) { parts.append(part) }
        }
        version = parts.joined(separator: ",")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
        default: "-_.".utf8.contains(byte)
        }
    }

    /// The name, the version and the build: what blanks part, other than those around operators and commas.
    private static func words(_ spec: [UInt8]) -> [[UInt8]] {
        func isOperator(_ byte: UInt8?) -> Bool { byte.map { "=<>!~,".utf8.contains($0) } ?? false }
        var words: [[UInt8]] = []
        for word in spec.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) {
            if let last = words.last, isOperator(last.last) || isOperator(word.first) {
                words[words.count - 1] += word
            } else {
                words.append(Array(word))
            }
        }
        return words
    }

    /// A version in the form of PEP 440; `nil` for any.
    ///
    /// One `=`, or a star at the end, means that the version starts so.
    private static func pep440(_ relation: Substring, _ version: Substring) -> String? {
        guard ["", "=", "=="].contains(relation) else { return "\(relation)\(version)" }
        let start = version.hasSuffix("*") ? version.dropLast() : version
        if start.isEmpty { return nil }
        let stem = start.hasSuffix(".") ? start.dropLast() : start
        return relation == "=" || start.count < version.count ? "==\(stem).*" : "==\(version)"
    }
}
