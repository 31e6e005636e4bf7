package import Diagnostics

/// The failures of keys.
package enum SigningCode: String, DiagnosticCode {
    case exists
    case keyFormat
    case keyKind
    case password
    case primitive

    package var kind: DiagnosticKind {
        switch self {
        case .keyFormat: .invalid
        case .exists, .password, .primitive: .environment
        case .keyKind: .unsupported
        }
    }
}

/// An error of this module.
package typealias SigningError = DiagnosticError<SigningCode>
