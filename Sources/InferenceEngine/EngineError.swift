package import Diagnostics
import Tensors

/// The failures of loading a model into the engine and of running it.
package enum EngineCode: String, DiagnosticCode {
    case attribute
    case elementType
    case graph
    case index
    case input
    case limit
    case memory
    case shape
    /// Whoever asked for the run has it stopped.
    case stopped
    case unsupportedAttribute
    case unsupportedOperator
    case unsupportedType
    case value

    package var kind: DiagnosticKind {
        switch self {
        case .unsupportedAttribute, .unsupportedOperator, .unsupportedType: .unsupported
        case .memory, .stopped: .environment
        default: .invalid
        }
    }
}

/// An error of this module.
package typealias EngineError = DiagnosticError<EngineCode>
