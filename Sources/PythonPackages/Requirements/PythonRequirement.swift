import Diagnostics

/// What is asked of a project: `requests[socks]>=2.28; python_version >= "3.9"`.
///
/// *Source*: PEP 508.
package struct PythonRequirement: Sendable, Hashable {
    /// The name in its normal form.
    package let name: String
    /// The extras in their normal form, sorted.
    package let extras: [String]
    package let specifiers: VersionSpecifiers
    package let marker: Marker?

    /// A requirement of parts; the names are brought into their normal form.
    package init(
        name: String,
        extras: [String] = [],
        specifiers: VersionSpecifiers = VersionSpecifiers(),
        marker: Marker? = nil
    ) {
        self.name = normalizedName(name)
        self.extras = Set(extras.map { normalizedName($0) }).sorted()
        self.specifiers = specifiers
        self.marker = marker
    }

    /// Reads a requirement.
    ///
    /// *Throws*: `syntax` with the requirement in its place, `unsupported` for one that names a file by its address.
    package init(parsing text: String) throws(PythonPackageError) {
        self = try locating(.item("requirement", text)) { () throws(PythonPackageError) in
            var parser = RequirementParser(text)
            return try parser.readRequirement()
        }
    }
}

extension PythonRequirement: CustomStringConvertible {
    /// The requirement without its marker, as conflicts are explained with it.
    package var description: String {
        name + (extras.isEmpty ? "" : "[\(extras.joined(separator: ","))]") + specifiers.description
    }
}
