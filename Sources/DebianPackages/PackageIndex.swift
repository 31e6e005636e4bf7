import Diagnostics
import TextFormats

/// The packages of several suites for one architecture.
package struct PackageIndex: Sendable {
    /// The architecture in Debian's words: `amd64`, `arm64`.
    package let architecture: String
    package let tables: [PackageTable]

    /// The packages of the tables; of equal versions, those of an earlier table count.
    package init(architecture: String, tables: [PackageTable]) {
        self.architecture = architecture
        self.tables = tables
    }

    /// Every version of a package, the newest first.
    ///
    /// *Throws*: `malformed` and `index` for a stanza that is not what it has to be.
    func versions(of name: String) throws(DebianPackagesError) -> [PackageVersion] {
        var versions: [PackageVersion] = []
        for table in tables {
            for stanza in table.stanzas(named: name) where isMeant(stanza) {
                let version = try locating(.item("package", name, table.suite)) { () throws(DebianPackagesError) in
                    try PackageVersion(
                        stanza,
                        archive: table.archive,
                        suite: table.suite,
                        architecture: architecture
                    )
                }
                versions.append(version)
            }
        }
        // Sorting with the place of each keeps those of earlier tables in front.
        return versions.enumerated().sorted { left, right in
            let order = left.element.version.compared(to: right.element.version)
            return order == 0 ? left.offset < right.offset : order > 0
        }.map(\.element)
    }

    private func isMeant(_ stanza: FieldParagraph) -> Bool {
        stanza["architecture"].map { $0 == architecture || $0 == "all" } ?? true
    }

    /// The names of the packages that say they provide a name, sorted.
    func providers(of name: String) -> [String] {
        Set(tables.flatMap { $0.providers(of: name) }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The name of a package that is close to `name`.
    func suggestion(for name: String) -> String? {
        Diagnostics.suggestion(for: name, among: tables.lazy.flatMap(\.names).sorted())
    }
}
