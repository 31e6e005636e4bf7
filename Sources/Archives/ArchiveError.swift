package import Diagnostics

/// The failures of reading and writing archives.
package enum ArchiveCode: String, DiagnosticCode {
    case malformed
    case tooLarge
    case unsupported
    case refused

    package var kind: DiagnosticKind {
        switch self {
        case .malformed, .tooLarge: .invalid
        case .unsupported: .unsupported
        case .refused: .environment
        }
    }
}

/// An error of this module.
package typealias ArchiveError = DiagnosticError<ArchiveCode>
