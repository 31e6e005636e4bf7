import Diagnostics

/// Clauses of which a version has to fit all: `>=1.2,!=1.3,<2`.
///
/// *Source*: PEP 440, Version specifiers.
package struct VersionSpecifiers: Sendable, Hashable, CustomStringConvertible {
    package private(set) var clauses: [VersionSpecifier]

    /// The most clauses that one text may have.
    private static let clauseLimit = 256

    /// Clauses; none accepts every version.
    package init(_ clauses: [VersionSpecifier] = []) { self.clauses = clauses }

    /// Reads clauses with commas between them; an empty text has none.
    ///
    /// *Throws*: `syntax`.
    package init(parsing text: some StringProtocol) throws(PythonPackageError) {
        clauses = []
        let parts = split(text) { $0 == UInt8(ascii: ",") }
        guard parts.count <= Self.clauseLimit else {
            throw PythonPackageError(
                .syntax,
                "there are \(parts.count) version specifiers, expected at most \(Self.clauseLimit)"
            )
        }
        for part in parts {
            let clause = trimmed(part)
            if !clause.isEmpty { clauses.append(try VersionSpecifier(parsing: clause)) }
        }
    }

    package var description: String { clauses.map(\.description).joined(separator: ",") }

    /// Whether a clause names a pre-release, which allows them all.
    package var allowsPreReleases: Bool { clauses.contains(where: \.namesPreRelease) }

    /// Whether a clause accepts one release alone.
    package var isPinned: Bool { clauses.contains(where: \.isPin) }

    /// Whether a version fits all clauses; pre-releases fit like others.
    package func contains(_ version: PythonVersion) -> Bool { clauses.allSatisfy { $0.contains(version) } }

    /// The versions that fit, in their order: pre-releases only when a clause names one or nothing else fits.
    ///
    /// *Source*: PEP 440, Handling of pre-releases.
    package func filter<Element>(_ elements: [Element], version: (Element) -> PythonVersion) -> [Element] {
        let fitting = elements.filter { contains(version($0)) }
        guard !allowsPreReleases else { return fitting }
        let final = fitting.filter { !version($0).isPreRelease }
        return final.isEmpty ? fitting : final
    }

    /// All clauses of both.
    package func joined(with other: VersionSpecifiers) -> VersionSpecifiers {
        VersionSpecifiers(clauses + other.clauses.filter { !clauses.contains($0) })
    }
}
