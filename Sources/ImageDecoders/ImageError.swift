package import Diagnostics

/// The failures of decoding images.
package enum ImageCode: String, DiagnosticCode {
    /// The bytes start like none of the formats.
    case format
    /// The bytes break the rules of their format, or end before the image does.
    case malformed
    /// The bytes are legal, and this is not handled.
    case unsupported
    case limit
    case memory

    package var kind: DiagnosticKind {
        switch self {
        case .format, .unsupported: .unsupported
        case .memory: .environment
        case .malformed, .limit: .invalid
        }
    }
}

/// An error of this module.
package typealias ImageError = DiagnosticError<ImageCode>
