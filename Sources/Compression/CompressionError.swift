package import Diagnostics

/// The failures of compressed data.
package enum CompressionCode: String, DiagnosticCode {
    case malformed
    case truncated
    case tooLarge
    case memory

    package var kind: DiagnosticKind { self == .memory ? .environment : .invalid }
}

/// An error of this module.
package typealias CompressionError = DiagnosticError<CompressionCode>
