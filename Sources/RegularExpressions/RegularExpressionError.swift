package import Diagnostics

/// The failures of regular expressions.
package enum RegularExpressionCode: String, DiagnosticCode {
    /// The pattern breaks RE2's syntax, or its program would be too large.
    case pattern
    case memory

    package var kind: DiagnosticKind { self == .memory ? .environment : .invalid }
}

/// An error of this module.
package typealias RegularExpressionError = DiagnosticError<RegularExpressionCode>
