package import Diagnostics
import InferenceEngine

/// The failures of serving models; an adapter gives each the status of its protocol.
package enum ServingCode: String, DiagnosticCode {
    /// No model has the name that was asked for.
    case modelNotFound
    /// The model has no version with the number that was asked for.
    case versionNotFound
    /// The request is not of the form that its protocol prescribes.
    case request
    /// The request is compressed in a way that is not supported.
    case encoding
    /// An input is missing, given twice, unknown, or of the wrong type, shape or size.
    case input
    /// An output is asked for that the model does not have, or twice.
    case output
    /// The request is legal and asks for what is not supported here.
    case unsupported
    /// The request is longer than allowed.
    case tooLarge
    /// More requests wait than allowed.
    case overloaded
    /// Clients may not load and unload models.
    case notControlled
    /// The time that the client gave is over, or the client has left.
    case deadlineExceeded
    /// The model cannot compute the outputs from these inputs.
    case execution
    /// The machine refused: memory ran out.
    case resources
    /// A folder holds no model where one should be, or two models have one name.
    case repository

    package var kind: DiagnosticKind {
        switch self {
        case .modelNotFound, .versionNotFound: .notFound
        case .encoding, .notControlled, .unsupported: .unsupported
        case .overloaded, .resources, .deadlineExceeded: .environment
        case .request, .input, .output, .tooLarge, .execution, .repository: .invalid
        }
    }
}

/// An error of this module.
package typealias ServingError = DiagnosticError<ServingCode>

extension DiagnosticError<ServingCode> {
    /// What kept a model from being loaded.
    init(loading error: any Error) {
        if let error = error as? ServingError {
            self = error
        } else if let error = error as? any Diagnostic {
            self.init(.repository, at: error.place, error.message, cause: error.cause, hint: error.hint)
        } else {
            self.init(.repository, "\(error)")
        }
    }

    /// What the engine found wrong while it ran a request.
    init(_ error: EngineError) {
        let code: ServingCode =
            switch error.code {
            case .input: .input
            case .memory: .resources
            case .stopped: .deadlineExceeded
            // It would exceed the limits each time, so no client should try it again.
            case .limit: .tooLarge
            case .unsupportedAttribute, .unsupportedOperator, .unsupportedType: .unsupported
            default: .execution
            }
        self.init(code, at: error.place, error.message, cause: error.cause, hint: error.hint)
    }
}
