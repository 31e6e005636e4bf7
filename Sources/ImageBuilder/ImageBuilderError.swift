package import Diagnostics

/// The failures of building images.
package enum ImageBuilderCode: String, DiagnosticCode {
    case server
    case architecture
    case base
    case modelName
    case model
    case certificates
    /// A link that leads out of what was given.
    case link
    /// A path that no image has.
    case path
    /// A pattern of paths that is none.
    case pattern
    /// Two parts of an image that bring different things under one path.
    case conflict
    /// A package that cannot be merged.
    case package

    package var kind: DiagnosticKind {
        switch self {
        case .modelName: .usage
        case .base, .server, .model, .certificates, .link, .path, .pattern, .conflict, .package: .invalid
        case .architecture: .unsupported
        }
    }
}

/// An error of this module.
package typealias ImageBuilderError = DiagnosticError<ImageBuilderCode>
