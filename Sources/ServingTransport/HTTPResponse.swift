/// An answer, as a value.
package struct HTTPResponse: Sendable {
    package var status: HTTPStatus
    /// The header fields, without those that the connection adds.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// The fields behind the body; HTTP/1.1 leaves them out.
    package var trailers: [(name: String, value: String)]

    /// An answer.
    package init(
        status: HTTPStatus,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        trailers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.trailers = trailers
    }

    /// The value of the first header field of this name.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// The statuses that the server answers with.
package enum HTTPStatus: Int, Sendable {
    case ok = 200
    case notModified = 304
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case requestTimeout = 408
    case lengthTooLarge = 413
    case unsupportedMediaType = 415
    case headersTooLarge = 431
    case internalError = 500
    case notImplemented = 501
    case unavailable = 503
    case deadlineExceeded = 504
    case versionNotSupported = 505
}
