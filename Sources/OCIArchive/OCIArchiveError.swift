package import Diagnostics

/// The failures of layers and image archives.
package enum OCIArchiveCode: String, DiagnosticCode {
    case duplicatePath
    case path
    case changed
    case malformed
    case unsupported

    package var kind: DiagnosticKind { self == .unsupported ? .unsupported : .invalid }
}

/// An error of this module.
package typealias OCIArchiveError = DiagnosticError<OCIArchiveCode>
