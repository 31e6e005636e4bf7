import Diagnostics
package import Downloads

/// Single calls over HTTP, one after the other, over a connection that stays open between them.
package final class HTTPCaller {
    package let address: ServerAddress
    private let options: ClientOptions
    private let connection: HTTPConnection
    private let version: HTTPRequest.Version

    /// A caller; no connection is made yet.
    ///
    /// *Throws*: `unreachable` where libcurl is not on the machine.
    package init(
        _ address: ServerAddress,
        _ options: ClientOptions,
        version: HTTPRequest.Version = .negotiated
    ) throws(ClientError) {
        self.address = address
        self.options = options
        self.version = version
        do throws(DownloadError) {
            connection = try HTTPConnection()
        } catch {
            throw ClientError(.unreachable, at: error.place, error.message, hint: error.hint)
        }
    }

    /// Sends a request and waits for its answer, whatever its status.
    ///
    /// *Parameter* path: the path behind that of the server, escaped as it is to be sent, with a query perhaps.
    /// *Throws*: `unreachable`, `timeout`, and `answer` for one that is too long.
    package func call(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) throws(ClientError) -> HTTPAnswer {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let target = WebAddress(
            scheme: address.base.scheme,
            authority: address.base.authority,
            path: address.path(parts.first ?? "/"),
            query: parts.count > 1 ? parts[1] : nil
        )
        var request = HTTPRequest(
            method,
            target,
            headers: headers + options.headers,
            body: body.map { .bytes($0) } ?? .none
        )
        request.timeout = options.timeout
        request.certificates = options.certificates
        request.version = version
        request.isRepeatable = true
        var bytes: [UInt8] = []
        let limit = options.answerByteLimit
        do {
            let take: HTTPConnection.Consumer = { _, piece in
                guard piece.count <= limit - bytes.count else {
                    throw ClientError(.answer, "the answer is too long, expected at most \(limit) bytes")
                }
                bytes.append(contentsOf: piece)
            }
            let head = try connection.send(request, take)
            return HTTPAnswer(status: head.status, headers: head.headers, body: bytes)
        } catch let error as ClientError {
            throw error.within(.file(address.description))
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> ClientError {
        let place = Place.file(address.description)
        guard let error = error as? DownloadError else { return ClientError(.unreachable, at: place, "\(error)") }
        if error.code == .timedOut {
            return ClientError(
                .timeout,
                at: place,
                "there is no answer, expected one within \(options.timeout) ms",
                hint: "give it longer with `--timeout`"
            )
        }
        return ClientError(.unreachable, at: place, error.message, hint: error.hint)
    }
}

/// An answer over HTTP.
package struct HTTPAnswer: Sendable {
    package let status: Int
    /// Names in lower case; the fields behind the body among them.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// An answer.
    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whose name is given in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
