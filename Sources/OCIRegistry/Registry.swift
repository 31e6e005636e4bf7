import Diagnostics
package import Downloads
import Glibc
import Synchronization

/// One registry: where it is, how it wants to be asked, and the tokens that it gave so far.
///
/// Threads share it; each asks through a `RepositoryClient` of its own.
package final class Registry: Sendable {
    /// What the command line and the environment say.
    package struct Options: Sendable {
        /// Whether hosts other than this machine may be asked without encryption.
        package var allowsPlainHTTP = false
        package var credentials = CredentialFiles()
        package var retries = RetryPolicy()
        /// Blobs above this size are sent in chunks of it, so that a broken upload goes on where it broke off.
        package var chunkByteCount = 64 << 20

        /// The defaults.
        package init() {}
    }

    /// The host of the images' names: `docker.io`, `localhost:5000`.
    package let domain: String
    /// Where the registry is asked, without a path.
    package let base: WebAddress
    package let options: Options

    struct State {
        var challenge: Challenge?
        var tokens: [[String]: Token] = [:]
        var credential: Credential??
        var secrets: Set<String> = []
    }

    let state: Mutex<State>

    private init(domain: String, base: WebAddress, challenge: Challenge?, options: Options) {
        self.domain = domain
        self.base = base
        self.options = options
        state = Mutex(State(challenge: challenge))
    }

    /// Asks a host whether it is a registry.
    ///
    /// This machine itself is asked over HTTP, and over HTTPS when it wants that; every other host over HTTPS, unless the
    /// options allow otherwise.
    ///
    /// *Parameter* connection: stays open for the requests that follow.
    /// *Throws*: `refused` when nothing answers or the answer is another, and what the connection throws.
    /// *Source*: OCI distribution specification 1.1, end-1.
    package static func connect(
        to domain: String,
        options: Options = Options(),
        over connection: HTTPConnection
    ) throws -> Registry {
        let authority = domain == "docker.io" ? "registry-1.docker.io" : domain
        let secure = try WebAddress(parsing: "https://\(authority)/")
        let isPlain = secure.isLoopback || options.allowsPlainHTTP
        let plain = WebAddress(scheme: "http", authority: secure.authority, path: "/")
        func registry(at base: WebAddress, _ response: HTTPResponse? = nil) throws -> Registry {
            let response = try response ?? ping(base, options, connection)
            return try Registry(domain: domain, base: base, response, options: options)
        }
        guard isPlain else { return try registry(at: secure) }
        do {
            let response = try ping(plain, options, connection)
            // That is how a server that wants TLS answers a request without; others lead to their TLS with a redirect.
            guard response.status != 400, !(300...399).contains(response.status) else {
                return try registry(at: secure)
            }
            return try registry(at: plain, response)
        } catch let error as RegistryError where error.code == .refused {
            guard let registry = try? registry(at: secure) else { throw error }
            return registry
        }
    }

    private convenience init(domain: String, base: WebAddress, _ response: HTTPResponse, options: Options) throws {
        let challenge = Challenge.preferred(response)
        guard response.isSuccess || response.status == 401 && challenge != nil else {
            throw RegistryError(
                .notFound,
                at: .file("\(base)v2/"),
                "the host is no registry, it answered \(response.status)"
            )
        }
        self.init(domain: domain, base: base, challenge: challenge, options: options)
    }

    private static func ping(
        _ base: WebAddress,
        _ options: Options,
        _ connection: HTTPConnection
    ) throws -> HTTPResponse {
        let address = try base.resolving("/v2/")
        var attempt = 1
        while true {
            let response: HTTPResponse
            do {
                response = try connection.send(HTTPRequest(.get, address))
            } catch let error as DownloadError {
                throw RegistryError(.refused, at: .file(address.description), error.message)
            }
            guard options.retries.isWorthRepeating(response), attempt < options.retries.attemptCount,
                let delay = options.retries.delay(afterAttempt: attempt, response)
            else { return response }
            sleepSeconds(delay)
            attempt += 1
        }
    }

    /// Refuses to go where what is sent can be read on the way.
    func checkSecure(_ address: WebAddress, from previous: WebAddress) throws(RegistryError) {
        guard address.scheme != "https" else { return }
        guard previous.scheme == "http", address.isLoopback || options.allowsPlainHTTP else {
            throw RegistryError(
                .insecure,
                at: .file(address.description),
                "`\(previous.host)` leads to an address without encryption, expected https"
            )
        }
    }

    /// A text of a server without the credentials that it may repeat.
    func withoutSecrets(_ text: String) -> String {
        let secrets = state.withLock { $0.secrets }
        var text = text
        for secret in secrets where secret.utf8.count >= 4 { text = text.replacing(secret, with: "…") }
        return text
    }
}
