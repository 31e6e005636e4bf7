/// The schemas of every operator that ONNX has had, since opset 1, and of some that are ONNX Runtime's own.
///
/// For example, the schema of `Split` that a model of opset 13 means:
///
///     OperatorSchemas.standard.schema(domain: .onnx, opType: "Split", opset: 13)
///
/// *Source*: `onnx.defs.get_all_schemas_with_history()` of the `onnx` package, 1.23.2, and `get_all_operator_schema()`
/// of the `onnxruntime` package, 1.32.0.
package struct OperatorSchemas: Sendable {
    /// The schemas of the standard's own domains and of `com.microsoft`.
    package static let standard = OperatorSchemas()

    private struct Name: Hashable {
        let domain: OperatorDomain
        let opType: String
    }

    private struct Version {
        let since: Int64
        let line: Substring
    }

    private let versions: [Name: [Version]]
    private let typeSets: [Substring]
    private let irVersions: [OpsetImport: Int64]
    private let newest: [OperatorDomain: Int64]

    private init() {
        var versions: [Name: [Version]] = [:]
        for file in OperatorTable.files {
            for line in file.text.split(separator: "\n") {
                let fields = line.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
                guard fields.count == 3, let since = Int64(fields[1]) else { continue }
                let name = Name(domain: file.domain, opType: String(fields[0]))
                versions[name, default: []].append(Version(since: since, line: line))
            }
        }
        // A version of ONNX Runtime's own comes from another file than those of the standard.
        self.versions = versions.mapValues { $0.sorted { $0.since < $1.since } }
        typeSets = OperatorTable.typeSets.split(separator: "\n")
        var irVersions: [OpsetImport: Int64] = [:]
        var newest: [OperatorDomain: Int64] = [:]
        for line in OperatorTable.releases.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 3, let version = Int64(fields[1]), let irVersion = Int64(fields[2]) else { continue }
            let domain = OperatorDomain(String(fields[0]))
            irVersions[OpsetImport(domain: domain, version: version)] = irVersion
            newest[domain] = max(newest[domain] ?? 0, version)
        }
        self.irVersions = irVersions
        self.newest = newest
    }

    /// The newest IR version that the schemas were written with.
    package static let newestIRVersion: Int64 = 14

    /// Whether the standard defines the operators of a domain.
    package func contains(_ domain: OperatorDomain) -> Bool { newest[domain] != nil }

    /// The newest opset of a domain; `nil` when the standard does not define it.
    package func newestOpset(of domain: OperatorDomain) -> Int64? { newest[domain] }

    /// The IR version that was current when an opset was released.
    package func irVersion(releasedWith opset: OpsetImport) -> Int64? { irVersions[opset] }

    /// The names of a domain's operators, of all opsets, in alphabetical order.
    package func operators(of domain: OperatorDomain) -> [String] {
        versions.keys.filter { $0.domain == domain }.map(\.opType).sorted()
    }

    /// The opsets that brought a version of an operator, ascending; empty when there is no such operator.
    package func sinceVersions(domain: OperatorDomain, opType: String) -> [Int64] {
        (versions[Name(domain: domain, opType: opType)] ?? []).map(\.since)
    }

    /// The schema in force for an operator at an opset; `nil` when there is no such operator at that opset.
    ///
    /// Each call reads the schema's line anew; whoever asks often keeps the answer.
    package func schema(domain: OperatorDomain, opType: String, opset: Int64) -> OperatorSchema? {
        guard let version = versions[Name(domain: domain, opType: opType)]?.last(where: { $0.since <= opset }) else {
            return nil
        }
        return OperatorTable.schema(version.line, domain: domain, typeSets: typeSets)
    }
}
