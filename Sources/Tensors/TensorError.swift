package import Diagnostics

/// The failures of tensors and their memory.
package enum TensorCode: String, DiagnosticCode {
    case elementType
    case shape
    case byteCount
    case memory

    package var kind: DiagnosticKind { self == .memory ? .environment : .invalid }
}

/// An error of this module.
package typealias TensorError = DiagnosticError<TensorCode>
