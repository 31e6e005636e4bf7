import Diagnostics
import TextFormats

/// What a package says of itself: the content of `METADATA`.
///
/// *Source*: PyPA's Core metadata specifications, versions 1.0 to 2.5.
package struct CoreMetadata: Sendable, Hashable {
    /// The name as its authors write it.
    package let name: String
    package let version: PythonVersion
    package let requires: [PythonRequirement]
    /// The versions of Python it is for; what is malformed there restricts nothing, as with pip.
    package let requiresPython: VersionSpecifiers
    /// The extras in their normal form.
    package let extras: Set<String>

    /// The most bytes that a `METADATA` may hold.
    static let byteLimit = 8 << 20
    /// The most requirements that a package may have.
    private static let requirementLimit = 4096

    /// Reads a `METADATA`.
    ///
    /// *Throws*: `metadata`, `unsupported` for a version of the format that is not read here.
    package init(_ bytes: [UInt8]) throws(PythonPackageError) {
        let fields = FieldParagraph(header: bytes)
        if let format = fields["metadata-version"] {
            let major = PythonVersion(format)?.release.first?.description
            guard major == "1" || major == "2" else {
                throw PythonPackageError(
                    .unsupported,
                    "`Metadata-Version` `\(format)` is not read here, expected 1 or 2"
                )
            }
        }
        guard let name = fields["name"], isName(name) else {
            throw PythonPackageError(.metadata, "`Name` is missing, expected the name of a project")
        }
        guard let version = fields["version"].flatMap({ PythonVersion($0) }) else {
            throw PythonPackageError(.metadata, "`Version` is missing, expected one of PEP 440")
        }
        self.name = name
        self.version = version
        requires = try Self.requirements(fields.values("requires-dist"))
        requiresPython = fields["requires-python"].flatMap(lenientSpecifiers) ?? VersionSpecifiers()
        extras = Set(fields.values("provides-extra").map { normalizedName($0) })
    }

    private static func requirements(_ texts: [String]) throws(PythonPackageError) -> [PythonRequirement] {
        guard texts.count <= requirementLimit else {
            throw PythonPackageError(
                .metadata,
                "there are \(texts.count) fields `Requires-Dist`, expected at most \(requirementLimit)"
            )
        }
        var requirements: [PythonRequirement] = []
        for text in texts {
            requirements.append(
                try locating(.item("field", "Requires-Dist")) { () throws(PythonPackageError) in
                    try PythonRequirement(parsing: text)
                }
            )
        }
        return requirements
    }
}

/// Clauses of a `Requires-Python`; `nil` for malformed ones, which restrict nothing.
func lenientSpecifiers(_ text: String) -> VersionSpecifiers? { try? VersionSpecifiers(parsing: text) }
