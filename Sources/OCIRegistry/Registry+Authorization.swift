import Diagnostics
import Downloads
import Glibc
import JSON
import Synchronization

/// A token of a token server.
struct Token: Sendable {
    var value: String
    /// The second of the machine's steady clock from which on it is not used any more.
    var expiry: Double
}

extension Registry {
    /// The `Authorization` for what `scopes` name; `nil` when the registry wants none, or nobody is known to it.
    ///
    /// *Parameter* renewing: whether a token that is there has just been refused.
    func authorization(
        _ scopes: [String],
        repository: String,
        renewing: Bool = false,
        over connection: HTTPConnection
    ) throws -> String? {
        guard let challenge = state.withLock({ $0.challenge }) else { return nil }
        if challenge.scheme == "basic" {
            guard case .basic(let user, let password)? = try credential(repository) else { return nil }
            return "Basic " + Credential.base64(user, password)
        }
        if case .registryToken(let token)? = try credential(repository) { return "Bearer " + token }
        let known = state.withLock { $0.tokens[scopes] }
        if let known, !renewing, known.expiry > steadySeconds() { return "Bearer " + known.value }
        let token = try fetchToken(challenge, scopes, try credential(repository), over: connection)
        state.withLock { state in
            state.tokens[scopes] = token
            state.secrets.insert(token.value)
        }
        return "Bearer " + token.value
    }

    /// Takes note of how the registry wants to be asked, from an answer that refused a request.
    func note(_ response: HTTPResponse) {
        guard let challenge = Challenge.preferred(response) else { return }
        state.withLock { $0.challenge = challenge }
    }

    /// Whether a credential is known for the registry.
    func credential(_ repository: String) throws -> Credential? {
        if let known = state.withLock({ $0.credential }) { return known }
        let found = try options.credentials.credential(domain: domain, repository: repository)
        state.withLock { state in
            state.credential = .some(found)
            state.secrets.formUnion(found?.secrets ?? [])
        }
        return found
    }

    /// Asks the token server of a challenge.
    ///
    /// *Source*: distribution's token authentication specification, and its OAuth2 form for refresh tokens.
    private func fetchToken(
        _ challenge: Challenge,
        _ scopes: [String],
        _ credential: Credential?,
        over connection: HTTPConnection
    ) throws -> Token {
        let realm: WebAddress
        do { realm = try WebAddress(parsing: challenge.parameters["realm"] ?? "") } catch {
            throw RegistryError(.malformed, at: .file(base.description), "the realm of its challenge: \(error.message)")
        }
        try checkSecure(realm, from: base)
        var fields = challenge.parameters["service"].map { [(name: "service", value: $0)] } ?? []
        var request = HTTPRequest(.get, realm, headers: [("Accept", "application/json")])
        switch credential {
        case .identityToken(let token)?:
            fields += [
                ("grant_type", "refresh_token"), ("client_id", "mlpack"), ("scope", scopes.joined(separator: " ")),
                ("refresh_token", token),
            ]
            let form = fields.map { "\($0.name)=\(percentEncoded($0.value))" }.joined(separator: "&")
            request.method = .post
            request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            request.body = .bytes(Array(form.utf8))
        case .basic(let user, let password)?:
            fields.append(("account", user))
            request.headers.append(("Authorization", "Basic " + Credential.base64(user, password)))
            request.address = realm.adding(fields + scopes.map { ("scope", $0) })
        case .registryToken?, nil:
            request.address = realm.adding(fields + scopes.map { ("scope", $0) })
        }
        return try readToken(request, hasCredential: credential != nil, over: connection)
    }

    private func readToken(
        _ request: HTTPRequest,
        hasCredential: Bool,
        over connection: HTTPConnection
    ) throws -> Token {
        let place = Place.file(request.address.description)
        let (response, body) = try repeating(request, over: connection)
        guard response.isSuccess else {
            let words = "the token server answered \(response.status)"
            guard [400, 401, 403].contains(response.status) else { throw RegistryError(.refused, at: place, words) }
            throw RegistryError(
                .unauthorized,
                at: place,
                words
                    + (hasCredential
                        ? " to the credential for `\(domain)`" : ", there is no credential for `\(domain)`"),
                hint: loginHint
            )
        }
        let json = try? JSONValue.parse(body)
        guard let json, let value = json["token"]?.string ?? json["access_token"]?.string, !value.isEmpty,
            value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw RegistryError(.malformed, at: place, "the answer holds no token, expected `token` or `access_token`")
        }
        // SPEC: a token without a time lives 60 seconds.
        let seconds = json["expires_in"]?.number?.double ?? 60
        return Token(value: value, expiry: steadySeconds() + max(5, min(seconds, 86_400)) * 0.9)
    }

    /// Sends a request until it is answered by something other than a busy server.
    private func repeating(_ request: HTTPRequest, over connection: HTTPConnection) throws -> (HTTPResponse, [UInt8]) {
        var attempt = 1
        while true {
            var body: [UInt8] = []
            var response: HTTPResponse?
            var words = ""
            do {
                response = try connection.send(request, progress: { _ in }) { _, bytes in
                    body.append(contentsOf: bytes.prefix((1 << 20) - body.count))
                }
            } catch let error as DownloadError where error.code == .interrupted {
                words = error.message
            }
            if let response, !options.retries.isWorthRepeating(response) { return (response, body) }
            guard attempt < options.retries.attemptCount,
                let delay = options.retries.delay(afterAttempt: attempt, response)
            else {
                if let response { return (response, body) }
                throw RegistryError(.refused, at: .file(request.address.description), words)
            }
            sleepSeconds(delay)
            attempt += 1
        }
    }

    var loginHint: String { "log in with `podman login \(domain)` or `docker login \(domain)`" }
}

/// The seconds of a clock that nobody sets.
func steadySeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
