package import Diagnostics

/// The failures of signatures and documents of images.
package enum SupplyChainCode: String, DiagnosticCode {
    /// A signature by the key is for another image.
    case digestMismatch
    /// A document is missing that was asked for.
    case documentMissing
    /// A signature by the key is for another name.
    case identityMismatch
    case malformed
    /// There are signatures, and none is by the key.
    case otherKey
    case unsigned
    case unsupported

    package var kind: DiagnosticKind {
        switch self {
        case .digestMismatch, .identityMismatch, .malformed, .otherKey: .invalid
        case .documentMissing, .unsigned: .notFound
        case .unsupported: .unsupported
        }
    }
}

/// An error of this module.
package typealias SupplyChainError = DiagnosticError<SupplyChainCode>
