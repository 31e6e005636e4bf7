package import Diagnostics

/// The failures of images and their parts.
package enum OCIImageCode: String, DiagnosticCode {
    case reference
    case malformed
    case digestMismatch
    case blobNotFound
    case mediaType
    case platform

    package var kind: DiagnosticKind {
        switch self {
        case .reference: .usage
        case .malformed, .digestMismatch, .blobNotFound: .invalid
        case .platform: .notFound
        case .mediaType: .unsupported
        }
    }
}

/// An error of this module.
package typealias OCIImageError = DiagnosticError<OCIImageCode>
