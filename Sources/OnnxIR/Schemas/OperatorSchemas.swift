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

    private init() {}

    /// The newest IR version that the schemas were written with.
    package static let newestIRVersion: Int64 = 14

    /// Whether the standard defines the operators of a domain.
    package func contains(_ domain: OperatorDomain) -> Bool { newestOpset(of: domain) != nil }

    /// The newest opset of a domain; `nil` when the standard does not define it.
    package func newestOpset(of domain: OperatorDomain) -> Int64? {
        var newest: Int64?
        OperatorTable.forEachRelease { name, opset, _ in
            guard OperatorDomain(String(name)) == domain else { return }
            newest = max(newest ?? 0, opset)
        }
        return newest
    }

    /// The IR version that was current when an opset was released.
    package func irVersion(releasedWith opset: OpsetImport) -> Int64? {
        var released: Int64?
        OperatorTable.forEachRelease { name, version, irVersion in
            guard version == opset.version, OperatorDomain(String(name)) == opset.domain else { return }
            released = irVersion
        }
        return released
    }

    /// The names of a domain's operators, of all opsets, in alphabetical order.
    package func operators(of domain: OperatorDomain) -> [String] {
        Set(OperatorTable.names(of: domain)).map { String($0) }.sorted()
    }

    /// The opsets that brought a version of an operator, ascending; empty when there is no such operator.
    package func sinceVersions(domain: OperatorDomain, opType: String) -> [Int64] {
        OperatorTable.versions(domain: domain, opType: opType).map(\.since)
    }

    /// The schema in force for an operator at an opset; `nil` when there is no such operator at that opset.
    ///
    /// Each call reads the schema's line anew; whoever asks often keeps the answer.
    package func schema(domain: OperatorDomain, opType: String, opset: Int64) -> OperatorSchema? {
        let versions = OperatorTable.versions(domain: domain, opType: opType)
        guard let version = versions.last(where: { $0.since <= opset }) else { return nil }
        return OperatorTable.schema(version.line, domain: domain)
    }
}
