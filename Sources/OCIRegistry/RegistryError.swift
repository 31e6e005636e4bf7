package import Diagnostics

/// The failures of registries.
package enum RegistryCode: String, DiagnosticCode {
    case credentials
    case digestMismatch
    case insecure
    case malformed
    case notFound
    case refused
    case tooLarge
    case unauthorized
    case unsupported

    package var kind: DiagnosticKind {
        switch self {
        case .digestMismatch, .malformed, .tooLarge: .invalid
        case .credentials, .insecure, .refused, .unauthorized: .environment
        case .notFound: .notFound
        case .unsupported: .unsupported
        }
    }
}

/// An error of this module.
package typealias RegistryError = DiagnosticError<RegistryCode>
