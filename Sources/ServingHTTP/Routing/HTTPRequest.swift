/// A request that has arrived whole, as a value.
package struct HTTPRequest: Sendable {
    /// The method, `GET` and the like.
    package var method: String
    /// The path and query as they were sent.
    package var target: String
    /// The header fields in order.
    package var headers: [(name: String, value: String)]
    /// The body; empty when there is none.
    package var body: [UInt8]

    /// A request.
    package init(
        _ method: String,
        _ target: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The values of a header field, whose name has no case.
    func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}

/// An answer, as a value.
package struct HTTPResponse: Sendable {
    package var status: HTTPStatus
    /// The header fields, without those that the connection adds.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    /// An answer.
    package init(status: HTTPStatus, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header field of this name.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// The statuses that the server answers with.
package enum HTTPStatus: Int, Sendable {
    case ok = 200
    case badRequest = 400
    case notFound = 404
    case methodNotAllowed = 405
    case requestTimeout = 408
    case lengthTooLarge = 413
    case unsupportedMediaType = 415
    case headersTooLarge = 431
    case internalError = 500
    case notImplemented = 501
    case unavailable = 503
    case versionNotSupported = 505
}
