import Diagnostics
import ServingCore
import ServingTransport

/// How a call ended.
///
/// *Source*: gRPC, Status codes and their use in gRPC.
package enum GRPCCode: Int, Sendable {
    case ok = 0
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case unauthenticated = 16
}

extension GRPCCode {
    /// The code of each failure of the core.
    init(_ code: ServingCode) {
        self =
            switch code {
            case .modelNotFound, .versionNotFound: .notFound
            case .request, .input, .output, .execution: .invalidArgument
            case .tooLarge, .resources: .resourceExhausted
            case .encoding, .unsupported: .unimplemented
            case .overloaded: .unavailable
            case .notControlled: .failedPrecondition
            case .deadlineExceeded: .deadlineExceeded
            case .repository: .internal
            }
    }

    /// The code of what the transport refuses.
    init(_ status: HTTPStatus) {
        self =
            switch status {
            case .lengthTooLarge, .headersTooLarge: .resourceExhausted
            case .requestTimeout, .deadlineExceeded: .deadlineExceeded
            case .unavailable: .unavailable
            default: .internal
            }
    }
}

/// A failure of a call.
package struct GRPCFailure: Error {
    package let code: GRPCCode
    package let message: String
}

extension GRPCFailure {
    init(_ error: ServingError) { self.init(code: GRPCCode(error.code), message: error.description) }
}
