package import Diagnostics

/// The failures of running a conformance suite; a case that fails is a result, not an error.
package enum ConformanceCode: String, DiagnosticCode {
    case folder
    case list
    case tolerance

    package var kind: DiagnosticKind { self == .folder ? .notFound : .invalid }
}

/// An error of this module.
package typealias ConformanceError = DiagnosticError<ConformanceCode>
