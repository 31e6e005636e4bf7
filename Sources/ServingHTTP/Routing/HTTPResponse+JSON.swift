import Diagnostics
import JSON
import ServingCore
import ServingTransport

extension HTTPResponse {
    /// A JSON document.
    init(_ status: HTTPStatus = .ok, _ value: JSONValue) {
        self.init(status, json: value.serialized())
    }

    /// The text of a JSON document.
    init(_ status: HTTPStatus = .ok, json: [UInt8]) {
        self.init(status: status, headers: [("content-type", "application/json")], body: json)
    }

    /// An error as the protocol writes it: `{"error": …}`.
    init(_ status: HTTPStatus, error: String, hint: String? = nil) {
        var object: JSONObject = ["error": .string(error)]
        if let hint { object["hint"] = .string(hint) }
        self.init(status, .object(object))
        if status == .unavailable || status == .tooManyRequests { headers.append(("retry-after", "1")) }
    }

    /// The answer to a failure of the core.
    init(_ error: ServingError) {
        self.init(HTTPStatus(error.code), error: error.description, hint: error.hint)
        if error.code == .encoding { headers.append(("accept-encoding", "gzip, deflate")) }
    }
}

extension HTTPStatus {
    /// The status of each failure of the core.
    fileprivate init(_ code: ServingCode) {
        self =
            switch code {
            case .modelNotFound, .versionNotFound: .notFound
            case .request, .input, .output, .execution, .notControlled: .badRequest
            case .encoding: .unsupportedMediaType
            case .deadlineExceeded: .deadlineExceeded
            case .tooLarge: .lengthTooLarge
            case .unsupported: .notImplemented
            case .overloaded, .resources: .unavailable
            case .repository: .internalError
            }
    }
}
