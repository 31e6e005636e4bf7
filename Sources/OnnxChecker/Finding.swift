package import Diagnostics

/// The rules that a model can break.
package enum CheckerCode: String, DiagnosticCode {
    case irVersion
    case opsetImport
    case metadata
    case emptyName
    case duplicateName
    case missingType
    case undefinedValue
    case order
    case cycle
    case unknownDomain
    case unknownOperator
    case unknownVersion
    case deprecatedOperator
    case inputCount
    case outputCount
    case missingAttribute
    case unknownAttribute
    case attributeKind
    case duplicateAttribute
    case attributeReference
    case type
    case initializer
    case sparseTensor
    case subgraph
    case function
    case recursion
    case secondReader
    case libonnx
    case child

    package var kind: DiagnosticKind {
        switch self {
        case .unknownDomain, .unknownVersion: .unsupported
        case .child: .environment
        default: .invalid
        }
    }
}

/// An error of this module.
package typealias CheckerError = DiagnosticError<CheckerCode>

/// One thing that a check found.
package struct Finding: Sendable {
    /// What a finding means for the model.
    package enum Severity: String, Sendable {
        /// The model breaks a rule of ONNX.
        case error
        /// The model uses what the check does not know, so it cannot tell.
        case unsupported
        /// The model is valid, and something in it is not as it should be.
        case warning
    }

    package let severity: Severity
    package let diagnostic: CheckerError

    /// A finding; an error, or `unsupported` where its code says so, unless it is a warning.
    package init(_ diagnostic: CheckerError, isWarning: Bool = false) {
        self.diagnostic = diagnostic
        severity = isWarning ? .warning : diagnostic.kind == .unsupported ? .unsupported : .error
    }
}
