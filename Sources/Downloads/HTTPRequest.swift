/// A request to a server, and what goes with it.
package struct HTTPRequest: Sendable {
    /// The methods that are used here.
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What is sent; it can be sent again.
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        case file(path: String, offset: Int, byteCount: Int)

        var byteCount: Int {
            switch self {
            case .none: 0
            case .bytes(let bytes): bytes.count
            case .file(_, _, let byteCount): byteCount
            }
        }
    }

    /// A version of HTTP.
    package enum Version: Sendable {
        /// HTTP/1.1; encrypted, what both ends like best.
        case negotiated
        /// HTTP/1.1, encrypted or not.
        case http1
        /// HTTP/2 from the first byte on.
        case http2
    }

    package var method: Method
    package var address: WebAddress
    /// Names and values; no line of them may break.
    package var headers: [(name: String, value: String)]
    package var body: Body
    /// Milliseconds that the whole exchange may take; any time, as long as bytes flow, when `nil`.
    package var timeout: Int?
    package var version = Version.negotiated
    /// Whom an encrypted connection is made to, and by whom.
    package var certificates = HTTPCertificates()
    /// Whether a body in memory may be sent again when an open connection turns out to be dead.
    package var isRepeatable = false

    /// A request.
    package init(
        _ method: Method,
        _ address: WebAddress,
        headers: [(name: String, value: String)] = [],
        body: Body = .none
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
    }
}

/// The files in PEM that an encrypted connection takes.
package struct HTTPCertificates: Sendable, Hashable {
    /// The authorities that the server is held against; the machine's when `nil`.
    package var authorities: String?
    /// The client's own certificate, with the key that is not in the same file.
    package var certificate: String?
    package var key: String?

    /// The machine's authorities, and no certificate of one's own.
    package init() {}
}

/// The head of an answer.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// Names in lower case, in the order of the answer.
    package var headers: [(name: String, value: String)]

    /// An answer.
    package init(status: Int, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a header, whose name is given in lower case.
    package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    /// All values of a header, whose name is given in lower case.
    package func values(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

    /// Whether the request was granted.
    package var isSuccess: Bool { (200...299).contains(status) }
}
