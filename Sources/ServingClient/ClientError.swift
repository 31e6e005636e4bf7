package import Diagnostics

/// The failures of asking a server.
package enum ClientCode: String, DiagnosticCode {
    /// The address has another form.
    case address
    /// There is no connection, or it broke.
    case unreachable
    /// The server did not answer within the time that it was given.
    case timeout
    /// The answer is not what the protocol says.
    case answer
    /// The server has no such model, version or call.
    case notFound
    /// The server found something wrong with the request.
    case refused
    /// The server says that it does not support what was asked for.
    case unsupported
    /// The server failed, or has no room for more requests.
    case failed
    /// What is to be sent is not what the model takes.
    case input

    package var kind: DiagnosticKind {
        switch self {
        case .address: .usage
        case .unreachable, .timeout, .failed: .environment
        case .answer, .refused, .input: .invalid
        case .notFound: .notFound
        case .unsupported: .unsupported
        }
    }
}

/// An error of this module.
package typealias ClientError = DiagnosticError<ClientCode>
