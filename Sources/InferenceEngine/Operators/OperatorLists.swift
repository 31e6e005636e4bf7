import Diagnostics
import OnnxIR
import Tensors

/// All operators, from the lists of the groups.
enum OperatorLists {
    static let groups: [(name: String, operators: [OperatorDefinition])] = [
        ("controlflow", controlFlowOperators),
        ("image", imageOperators),
        ("logical", logicalOperators),
        ("math", mathOperators),
        ("microsoft", microsoftOperators),
        ("nn", nnOperators),
        ("quantization", quantizationOperators),
        ("reduction", reductionOperators),
        ("sequence", sequenceOperators),
        ("tensor", tensorOperators),
        ("text", textOperators),
        ("traditionalml", traditionalMLOperators),
        ("training", trainingOperators),
    ]

    private struct Key: Hashable {
        let domain: OperatorDomain
        let name: String
    }

    private static let byKey: [Key: OperatorDefinition] = Dictionary(
        (groups.flatMap(\.operators) + gradientOperators).map { (Key(domain: $0.domain, name: $0.name), $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// The definition that rules for a node.
    ///
    /// *Throws*: `unsupportedOperator` when no list has the operator at this version of its domain, `graph` when the
    /// model does not import the domain.
    static func definition(of node: Node, opset: Int?) throws(EngineError) -> OperatorDefinition {
        guard let opset else {
            throw EngineError(.graph, "domain `\(node.domain)` is not among the model's opset imports")
        }
        guard let found = byKey[Key(domain: node.domain, name: node.opType)] else {
            let message = "operator `\(node.opType)` of domain `\(node.domain)` is not supported"
            guard node.domain == .nchwc else { throw unsupported(message) }
            throw EngineError(
                .unsupportedOperator,
                message,
                hint: "it suits one kind of processor: let ONNX Runtime optimise with `ORT_ENABLE_EXTENDED` at most"
            )
        }
        let since = OperatorSchemas.standard.sinceVersions(domain: node.domain, opType: node.opType)
        let ruling = since.last { $0 <= opset }.map { Int($0) } ?? found.versions.last { $0 <= opset }
        guard let ruling, found.versions.contains(ruling) else {
            let known = found.versions.map(String.init).joined(separator: ", ")
            throw unsupported(
                """
                operator `\(node.opType)` of domain `\(node.domain)` is not supported at opset \(opset), \
                expected one that uses its version \(known)
                """
            )
        }
        return found
    }

    private static func unsupported(_ message: String) -> EngineError {
        EngineError(.unsupportedOperator, message, hint: "`docs/operators.md` lists the operators")
    }
}
