package import Diagnostics

/// The failures of downloads.
package enum DownloadCode: String, DiagnosticCode {
    case notFound
    case digestMismatch
    case interrupted
    case offline
    case refused
    case timedOut
    case tooLarge

    package var kind: DiagnosticKind {
        switch self {
        case .notFound: .notFound
        case .digestMismatch, .tooLarge: .invalid
        case .interrupted, .offline, .refused, .timedOut: .environment
        }
    }
}

/// An error of this module.
package typealias DownloadError = DiagnosticError<DownloadCode>
