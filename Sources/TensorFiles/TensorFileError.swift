package import Diagnostics

/// The failures of reading inputs and writing outputs.
package enum TensorFileCode: String, DiagnosticCode {
    case argument
    case unknownInput
    case missingInput
    case format
    case value
    case shape
    case elementType
    case unsupported
    case file

    package var kind: DiagnosticKind {
        switch self {
        case .argument, .unknownInput: .usage
        case .unsupported: .unsupported
        case .file: .environment
        default: .invalid
        }
    }
}

/// An error of this module.
package typealias TensorFileError = DiagnosticError<TensorFileCode>

extension DiagnosticError<TensorFileCode> {
    /// A failure of a module below, as it is.
    init(_ error: some Diagnostic) {
        let code: TensorFileCode =
            switch error.kind {
            case .invalid, .usage: .format
            case .unsupported: .unsupported
            case .environment, .notFound: .file
            }
        self.init(code, at: error.place, error.message, cause: error.cause, hint: error.hint)
    }
}
