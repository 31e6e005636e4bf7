package import Diagnostics

/// The failures of curated environments.
package enum EnvironmentCode: String, DiagnosticCode {
    case notFound
    case manifest
    case lock
    case stale
    case scripts
    case unsupported

    package var kind: DiagnosticKind {
        switch self {
        case .notFound: .notFound
        case .manifest, .lock, .stale: .invalid
        case .scripts, .unsupported: .unsupported
        }
    }
}

/// An error of this module.
package typealias EnvironmentError = DiagnosticError<EnvironmentCode>
