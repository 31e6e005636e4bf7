package import Diagnostics

/// The failures of reading and writing the formats of this module.
package enum ModelFormatCode: String, DiagnosticCode {
    case malformed
    case truncated
    case tooLarge
    case tooDeep
    case unsupported
    case memory

    package var kind: DiagnosticKind {
        switch self {
        case .malformed, .truncated, .tooLarge, .tooDeep: .invalid
        case .unsupported: .unsupported
        case .memory: .environment
        }
    }
}

/// An error of this module.
package typealias ModelFormatError = DiagnosticError<ModelFormatCode>
