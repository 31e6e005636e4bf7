import Diagnostics
import Downloads
import TextFormats

/// Requests to the servers of indexes: redirects are followed, and what a server cannot answer now is asked again.
final class IndexConnection {
    /// An answer and where it came from.
    struct Answer {
        let response: HTTPResponse
        let address: WebAddress
        let body: [UInt8]
    }

    private let connection: HTTPConnection
    private let retries: RetryPolicy
    private let redirectCount = 5

    /// A connection that asks again as a policy says.
    init(_ retries: RetryPolicy) throws(DownloadError) {
        self.retries = retries
        connection = try HTTPConnection()
    }

    /// Asks for an address; `nil` when the server has no such thing.
    ///
    /// *Parameter* limit: the most bytes that the body may have.
    /// *Throws*: `refused`, `interrupted` and `tooLarge` of downloads, without credentials.
    func ask(
        _ method: HTTPRequest.Method,
        _ start: ServerAddress,
        accept: String = "*/*",
        limit: Int
    ) throws -> Answer? {
        var address = start.address
        for _ in 0...redirectCount {
            var headers = [("Accept", accept)]
            if let credentials = start.credentials(for: address) {
                headers.append(("Authorization", "Basic " + base64(Array(credentials.utf8))))
            }
            let answer = try send(HTTPRequest(method, address, headers: headers), limit: limit)
            let status = answer.response.status
            if answer.response.isSuccess { return answer }
            if status == 404 || status == 410 { return nil }
            guard (300...399).contains(status), let location = answer.response["location"] else {
                throw refusal(status, address)
            }
            let next = try locating(.file(address.description)) { () throws(DownloadError) in
                try address.resolving(location)
            }
            guard next.scheme == "https" || address.scheme == "http" else {
                throw DownloadError(.refused, at: .file(address.description), "the server leads from HTTPS to HTTP")
            }
            address = next.withoutDots
        }
        throw DownloadError(
            .refused,
            at: .file(start.description),
            "the server leads on and on, expected at most \(redirectCount) redirects"
        )
    }

    private func send(_ request: HTTPRequest, limit: Int) throws -> Answer {
        var attempt = 1
        while true {
            var body: [UInt8] = []
            do {
                let consume: HTTPConnection.Consumer = { response, bytes in
                    guard response.isSuccess else { return }
                    guard bytes.count <= limit - body.count else {
                        throw DownloadError(
                            .tooLarge,
                            at: .file(request.address.description),
                            "the page is too large, expected at most \(limit) bytes"
                        )
                    }
                    body.append(contentsOf: bytes)
                }
                let answered = try connection.send(request, consume)
                let answer = Answer(response: answered, address: request.address, body: body)
                guard retries.isWorthRepeating(answered), attempt < retries.attemptCount,
                    let delay = retries.delay(afterAttempt: attempt, answered)
                else { return answer }
                sleepSeconds(delay)
            } catch let error as DownloadError where error.code == .interrupted && attempt < retries.attemptCount {
                retries.wait(afterAttempt: attempt)
            }
            attempt += 1
        }
    }

    private func refusal(_ status: Int, _ address: WebAddress) -> DownloadError {
        DownloadError(
            .refused,
            at: .file(address.description),
            "the server answered \(status)",
            hint: status == 401 || status == 403
                ? "credentials stand in the address of the index: `https://user:password@host/simple`" : nil
        )
    }
}
