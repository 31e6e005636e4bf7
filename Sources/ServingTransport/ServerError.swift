package import Diagnostics

/// The failures of a server that have nothing to do with a request.
package enum ServerCode: String, DiagnosticCode {
    /// An address cannot be listened on.
    case address
    /// The command line is wrong.
    case usage

    package var kind: DiagnosticKind { self == .usage ? .usage : .environment }
}

/// An error of the server.
package typealias ServerError = DiagnosticError<ServerCode>
