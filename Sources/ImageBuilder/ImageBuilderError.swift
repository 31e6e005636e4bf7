package import Diagnostics

/// The failures of building images.
package enum ImageBuilderCode: String, DiagnosticCode {
    case server
    case architecture
    case base
    case modelName
    case model
    case certificates

    package var kind: DiagnosticKind {
        switch self {
        case .modelName: .usage
        case .base, .server, .model, .certificates: .invalid
        case .architecture: .unsupported
        }
    }
}

/// An error of this module.
package typealias ImageBuilderError = DiagnosticError<ImageBuilderCode>
