package import Diagnostics

/// The failures of digests and the blobs they name.
package enum ContentStoreCode: String, DiagnosticCode {
    case digestSyntax
    case digestMismatch
    case blobNotFound
    case refused

    package var kind: DiagnosticKind {
        switch self {
        case .digestSyntax, .digestMismatch: .invalid
        case .blobNotFound: .notFound
        case .refused: .environment
        }
    }
}

/// An error of this module.
package typealias ContentStoreError = DiagnosticError<ContentStoreCode>
