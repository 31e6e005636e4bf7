package import Diagnostics

/// The failures of importing a model, whichever framework it is from.
package enum ModelImportCode: String, DiagnosticCode {
    /// The file breaks its format, or the framework's own rules.
    case malformed
    case tooLarge
    case tooDeep
    /// No importer reads such a file.
    case unknownFormat
    /// The framework has such a model, and it is not supported.
    case unsupported
    /// The pickle names a class or function that no supported model holds.
    case foreignGlobal
    case notFound
    case environment

    package var kind: DiagnosticKind {
        switch self {
        case .malformed, .tooLarge, .tooDeep: .invalid
        case .unknownFormat, .unsupported, .foreignGlobal: .unsupported
        case .notFound: .notFound
        case .environment: .environment
        }
    }
}

/// An error of this module and of the importers.
package typealias ModelImportError = DiagnosticError<ModelImportCode>

extension DiagnosticError<ModelImportCode> {
    /// An error of a format as one of an import.
    package init(_ error: some Diagnostic) {
        let code: ModelImportCode =
            switch (error.kind, error.codeName) {
            case (_, "tooLarge"): .tooLarge
            case (_, "tooDeep"): .tooDeep
            case (.unsupported, _): .unsupported
            case (.notFound, _): .notFound
            case (.environment, _): .environment
            default: .malformed
            }
        self.init(code, at: error.place, error.message, cause: error.cause, hint: error.hint)
    }
}
