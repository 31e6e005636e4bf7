package import OnnxIR

/// An operator that the engine runs.
package struct SupportedOperator: Sendable {
    /// The folder that holds it: ONNX's own name of its group.
    package let group: String
    package let domain: OperatorDomain
    package let name: String
    /// The versions of the operator that are handled, ascending.
    package let versions: [Int]

    /// All of them, by group and name.
    package static let all: [SupportedOperator] = OperatorLists.groups.flatMap { group, operators in
        operators.map { SupportedOperator(group: group, domain: $0.domain, name: $0.name, versions: $0.versions) }
    }
}
