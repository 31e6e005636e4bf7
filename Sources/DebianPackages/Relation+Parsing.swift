import Diagnostics

/// The most bytes that a field of relations may hold, and far more than any has.
private let relationByteLimit = 1 << 20

extension RelationGroup {
    /// Reads a field such as `Depends`: groups between commas, alternatives between bars.
    ///
    /// Alternatives whose list of architectures leaves `architecture` out are left out.
    ///
    /// *Throws*: `malformed` for what has another form, `tooLarge`.
    /// *Source*: Debian policy, section 7.1.
    package static func groups(_ text: String, architecture: String) throws(DebianPackagesError) -> [RelationGroup] {
        guard text.utf8.count <= relationByteLimit else {
            throw DebianPackagesError(
                .tooLarge,
                "the relations are too large, expected at most \(relationByteLimit) bytes, got \(text.utf8.count)"
            )
        }
        var groups: [RelationGroup] = []
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            guard !part.allSatisfy(isSpace) else { continue }
            var alternatives: [Relation] = []
            for alternative in part.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false) {
                var reader = RelationReader(Array(alternative))
                if let relation = try reader.relation(architecture) { alternatives.append(relation) }
            }
            if !alternatives.isEmpty { groups.append(RelationGroup(alternatives: alternatives)) }
        }
        return groups
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}

/// A reader of one relation, from its name to its end.
private struct RelationReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The relation; `nil` when it is for other architectures.
    mutating func relation(_ architecture: String) throws(DebianPackagesError) -> Relation? {
        skipSpaces()
        let name = take { isAlphanumeric($0) || "+-._".utf8.contains($0) }
        guard !name.isEmpty else { throw malformed("a package name") }
        var qualifier = Relation.Qualifier.native
        if next == UInt8(ascii: ":") {
            index += 1
            switch take({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) {
            case "": throw malformed("an architecture behind `:`")
            case "any": qualifier = .any
            case "native": qualifier = .native
            case let other: qualifier = .architecture(other)
            }
        }
        var constraint: Relation.Constraint?
        var isMeant = true
        while true {
            skipSpaces()
            switch next {
            case nil:
                guard isMeant else { return nil }
                return Relation(name: name, qualifier: qualifier, constraint: constraint)
            case UInt8(ascii: "(") where constraint == nil: constraint = try versions()
            case UInt8(ascii: "["): isMeant = try isListed(architecture)
            // Profiles of builds say nothing of packages that are built.
            case UInt8(ascii: "<"): _ = try list(until: UInt8(ascii: ">"))
            default: throw malformed("`(`, `[` or the end of the relation")
            }
        }
    }

    private mutating func versions() throws(DebianPackagesError) -> Relation.Constraint {
        index += 1
        skipSpaces()
        let sign = take { "<=>".utf8.contains($0) }
        // The single signs are old spellings of the ones with an equal sign.
        let order = Relation.Order(rawValue: sign == "<" ? "<=" : sign == ">" ? ">=" : sign)
        guard let order else { throw malformed("one of `<<`, `<=`, `=`, `>=`, `>>`") }
        skipSpaces()
        let version = take { isAlphanumeric($0) || "+-._~:".utf8.contains($0) }
        skipSpaces()
        guard !version.isEmpty, next == UInt8(ascii: ")") else { throw malformed("a version and `)`") }
        index += 1
        return Relation.Constraint(order: order, version: DebianVersion(version))
    }

    /// Whether a list such as `[amd64 arm64]` or `[!i386]` names the architecture.
    private mutating func isListed(_ architecture: String) throws(DebianPackagesError) -> Bool {
        let names = try list(until: UInt8(ascii: "]"))
        let refused = names.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
        if !refused.isEmpty { return !refused.contains { matches($0, architecture) } }
        return names.contains { matches($0, architecture) }
    }

    /// Whether an architecture or a wildcard stands for one of Linux: `any`, `linux-any`, `any-arm64`.
    private func matches(_ pattern: String, _ architecture: String) -> Bool {
        ["any", "linux-any", architecture, "any-\(architecture)", "linux-\(architecture)"].contains(pattern)
    }

    private mutating func list(until end: UInt8) throws(DebianPackagesError) -> [String] {
        index += 1
        let text = take { $0 != end }
        guard next == end else { throw malformed("the end of a list") }
        index += 1
        return text.utf8.split(whereSeparator: isSpace).map { String(Substring($0)) }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpaces() {
        while let byte = next, isSpace(byte) { index += 1 }
    }

    private mutating func take(_ isWanted: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = next, isWanted(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private func malformed(_ expected: String) -> DebianPackagesError {
        DebianPackagesError(
            .malformed,
            "the relation has another form, expected \(expected) at character \(index + 1), "
                + "got `\(String(decoding: bytes.prefix(200), as: UTF8.self))`"
        )
    }
}
