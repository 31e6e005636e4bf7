package import Diagnostics

/// The failures of a server that have nothing to do with a request.
package enum ServerCode: String, DiagnosticCode {
    /// An address cannot be listened on.
    case address
    /// A file of certificates or keys holds something else.
    case credentials
    /// The command line is wrong.
    case usage

    package var kind: DiagnosticKind {
        switch self {
        case .address: .environment
        case .credentials: .invalid
        case .usage: .usage
        }
    }
}

/// An error of the server.
package typealias ServerError = DiagnosticError<ServerCode>
