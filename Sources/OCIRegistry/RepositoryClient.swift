import Diagnostics
package import Downloads
import JSON

/// One thread's client of one repository: requests that are authorised, repeated, redirected and bounded.
package final class RepositoryClient {
    package let registry: Registry
    /// The path of the repository: `library/iris`.
    package let repository: String
    let scopes: [String]
    private let connection: HTTPConnection

    /// What a client may do with its repository.
    package enum Access: String, Sendable {
        case pull
        case push = "pull,push"
    }

    /// A client.
    ///
    /// *Parameter* sources: other repositories of the registry that blobs may be mounted from.
    /// *Parameter* connection: one that is open already; without it the client has one of its own.
    /// *Throws*: `refused` when libcurl is not on the machine.
    package init(
        _ registry: Registry,
        repository: String,
        _ access: Access,
        sources: Set<String> = [],
        over connection: HTTPConnection? = nil
    ) throws {
        self.registry = registry
        self.repository = repository
        scopes =
            ["repository:\(repository):\(access.rawValue)"]
            + sources.subtracting([repository]).sorted().map { "repository:\($0):pull" }
        self.connection = try connection ?? HTTPConnection()
    }

    /// An answer with its body, as far as that was not consumed.
    struct Answer {
        var response: HTTPResponse
        /// Where the answer came from, after redirects.
        var address: WebAddress
        var body: [UInt8] = []
    }

    /// An address below the repository: `blobs/uploads/`.
    func address(_ path: String) -> WebAddress {
        WebAddress(scheme: registry.base.scheme, authority: registry.base.authority, path: "/v2/\(repository)/\(path)")
    }

    /// Sends a request, and repeats it while the server is busy or the connection breaks.
    ///
    /// *Parameter* limit: how large the body of a successful answer may be.
    /// *Throws*: `refused` when all attempts broke, `tooLarge`, and what authorising throws.
    func send(_ request: HTTPRequest, limit: Int = 1 << 20) throws -> Answer {
        var attempt = 1
        while true {
            let result = try attemptOnce(request, limit: limit)
            guard attempt < registry.options.retries.attemptCount, result.isWorthRepeating(registry.options.retries),
                let delay = registry.options.retries.delay(afterAttempt: attempt, result.answer?.response)
            else { return try result.get() }
            sleepSeconds(delay)
            attempt += 1
        }
    }

    /// What one attempt came to.
    enum Attempt {
        case answered(Answer)
        case broken(RegistryError)

        var answer: Answer? {
            guard case .answered(let answer) = self else { return nil }
            return answer
        }

        func isWorthRepeating(_ policy: RetryPolicy) -> Bool {
            answer.map { policy.isWorthRepeating($0.response) } ?? true
        }

        func get() throws -> Answer {
            switch self {
            case .answered(let answer): return answer
            case .broken(let error): throw error
            }
        }
    }

    /// Sends a request once: with a new token when the registry wants one, and to where the answer redirects.
    ///
    /// *Parameter* consume: takes the body of a successful answer; without it the answer holds the body.
    func attemptOnce(
        _ request: HTTPRequest,
        limit: Int = 1 << 20,
        progress: @escaping (Int) -> Void = { _ in },
        _ consume: HTTPConnection.Consumer? = nil
    ) throws -> Attempt {
        var request = request
        var isRenewed = false
        var redirectCount = 0
        while true {
            let answer: Answer
            do {
                answer = try exchange(request, limit, isRenewed, progress, consume)
            } catch let error as DownloadError {
                let failure = RegistryError(.refused, at: error.place, error.message)
                guard error.code == .interrupted else { throw failure }
                return .broken(failure)
            }
            if answer.response.status == 401, !isRenewed, request.address.hasSameOrigin(as: registry.base) {
                registry.note(answer.response)
                isRenewed = true
                continue
            }
            guard let next = try redirect(answer, of: request) else { return .answered(answer) }
            redirectCount += 1
            guard redirectCount <= 5 else {
                throw RegistryError(.refused, at: .file(request.address.description), "it redirects more than 5 times")
            }
            request.address = next
        }
    }

    private func exchange(
        _ request: HTTPRequest,
        _ limit: Int,
        _ isRenewing: Bool,
        _ progress: @escaping (Int) -> Void,
        _ consume: HTTPConnection.Consumer?
    ) throws -> Answer {
        var sent = request
        // Credentials go to the registry itself and to nobody that it leads to.
        if request.address.hasSameOrigin(as: registry.base),
            let header = try registry.authorization(
                scopes,
                repository: repository,
                renewing: isRenewing,
                over: connection
            )
        {
            sent.headers.append(("Authorization", header))
        }
        var body: [UInt8] = []
        let place = Place.file(request.address.description)
        let response = try connection.send(sent, progress: progress) { response, bytes in
            if response.isSuccess, let consume { return try consume(response, bytes) }
            guard response.isSuccess else {
                body.append(contentsOf: bytes.prefix((1 << 16) - body.count))
                return
            }
            guard bytes.count <= limit - body.count else {
                throw RegistryError(.tooLarge, at: place, "the answer is too large, expected at most \(limit) bytes")
            }
            body.append(contentsOf: bytes)
        }
        return Answer(response: response, address: request.address, body: body)
    }

    private func redirect(_ answer: Answer, of request: HTTPRequest) throws -> WebAddress? {
        guard [301, 302, 303, 307, 308].contains(answer.response.status) else { return nil }
        let place = Place.file(request.address.description)
        guard let location = answer.response["location"] else {
            throw RegistryError(.malformed, at: place, "the answer redirects without a `Location`")
        }
        let isRead = request.method == .get || request.method == .head
        guard isRead || answer.response.status >= 307 else {
            throw RegistryError(.unsupported, at: place, "it redirects a `\(request.method.rawValue)` to be a `GET`")
        }
        return try resolve(location, from: answer)
    }

    /// The address that an answer leads to.
    func resolve(_ location: String, from answer: Answer) throws -> WebAddress {
        do {
            let address = try answer.address.resolving(location)
            try registry.checkSecure(address, from: answer.address)
            return address
        } catch let error as DownloadError {
            throw RegistryError(.malformed, at: .file(answer.address.description), "`Location`: \(error.message)")
        }
    }

    /// The error that an answer is.
    func failure(_ answer: Answer) -> RegistryError {
        let place = Place.file(answer.address.description)
        let status = "the registry answered \(answer.response.status)"
        let said = registry.withoutSecrets(serverWords(answer.body))
        let words = status + said
        switch answer.response.status {
        case 401:
            let known = (try? registry.credential(repository)) ?? nil
            return RegistryError(
                .unauthorized,
                at: place,
                known == nil
                    ? "\(words), there is no credential for `\(registry.domain)`"
                    : "\(status) to the credential\(said)",
                hint: registry.loginHint
            )
        case 403: return RegistryError(.unauthorized, at: place, words)
        case 404: return RegistryError(.notFound, at: place, words)
        default: return RegistryError(.refused, at: place, words)
        }
    }
}

/// What a registry says is wrong: `: MANIFEST_UNKNOWN, manifest unknown`.
///
/// *Source*: OCI distribution specification 1.1, Error Codes.
private func serverWords(_ body: [UInt8]) -> String {
    guard let errors = (try? JSONValue.parse(body))?["errors"]?.array else { return "" }
    let words = errors.prefix(3).compactMap { error -> String? in
        let parts = [error["code"]?.string, error["message"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : String(parts.joined(separator: ", ").prefix(300))
    }
    return words.isEmpty ? "" : ": " + words.joined(separator: "; ")
}
