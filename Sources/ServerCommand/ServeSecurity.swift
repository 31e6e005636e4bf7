import Diagnostics
import ServingTransport

/// What a server is told of who may call it, and how.
package struct ServeSecurity: Sendable, Hashable {
    package var tlsCertificate: String?
    package var tlsKey: String?
    package var tlsClientAuthorities: String?
    /// Whether the port of metrics speaks TLS too.
    package var securesMetrics = false
    /// The file with the keys of groups of calls.
    package var keys: String?
    /// The origins whose pages may call the server from a browser.
    package var origins: [String] = []

    /// Everything is open and plain.
    package init() {}

    /// The files of TLS; `nil` without it.
    ///
    /// *Throws*: `usage` when one of the options stands without another.
    func tlsFiles() throws(ServerError) -> TLSFiles? {
        guard let tlsCertificate, let tlsKey else {
            let lone = [
                ("--tls-certificate", tlsCertificate != nil), ("--tls-key", tlsKey != nil),
                ("--tls-client-ca", tlsClientAuthorities != nil), ("--tls-metrics", securesMetrics),
            ].first(where: \.1)
            guard let lone else { return nil }
            throw ServerError(.usage, "`\(lone.0)` stands alone, expected `--tls-certificate` and `--tls-key` with it")
        }
        return TLSFiles(certificate: tlsCertificate, key: tlsKey, clientAuthorities: tlsClientAuthorities)
    }
}

/// The options that have to do with security.
let securityOptions: [ServeOption] = [
    ServeOption(
        "--tls-certificate",
        value: "FILE",
        default: "none",
        "Certificate chain in PEM; HTTP and gRPC are then over TLS."
    ) {
        $1.security.tlsCertificate = $0
    },
    ServeOption("--tls-key", value: "FILE", "Private key of the certificate in PEM, without a passphrase.") {
        $1.security.tlsKey = $0
    },
    ServeOption("--tls-client-ca", value: "FILE", "Authorities whose certificates clients must show, in PEM.") {
        $1.security.tlsClientAuthorities = $0
    },
    ServeOption("--tls-metrics", "Metrics are over TLS too.") { $1.security.securesMetrics = true },
    ServeOption(
        "--keys",
        value: "FILE",
        default: "none",
        "Keys of groups of calls, `GROUP: KEY` a line; else all are open."
    ) {
        $1.security.keys = $0
    },
    ServeOption(
        "--cors-origin",
        value: "ORIGIN",
        default: "none",
        "Origin whose pages may call the server, or *; repeatable."
    ) {
        text,
        configuration throws(ServerError) in
        guard text == "*" || isOrigin(text) else {
            throw ServerError(
                .usage,
                "`--cors-origin` is no origin, expected one such as `https://example.org`, or `*`, got `\(text)`"
            )
        }
        configuration.security.origins.append(text)
    },
]

/// Whether a text is an origin as browsers send it: a scheme, a host in lower case, perhaps a port.
///
/// *Source*: RFC 6454, section 6.2.
private func isOrigin(_ text: String) -> Bool {
    guard let scheme = ["http://", "https://"].first(where: { text.hasPrefix($0) }) else { return false }
    let rest = text.utf8.dropFirst(scheme.utf8.count)
    return !rest.isEmpty
        && rest.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7A: true
            default: "-._~:[]%".utf8.contains(byte)
            }
        }
}

/// What stands between clients and services, as its files had it when they were read last.
struct SecurityState {
    let tls: TLSServer?
    let keys: FileBacked<AccessKeys>?
    private let configuration: ServeSecurity

    /// *Throws*: `usage`, `notFound` and `refused` of files, and `credentials` for what they hold.
    init(_ configuration: ServeSecurity) throws {
        self.configuration = configuration
        tls = try configuration.tlsFiles().map { try TLSServer($0) }
        keys = try configuration.keys.map { try AccessKeys.file($0) }
    }

    /// A service behind keys, where there are any.
    func guarded(_ service: any GroupedService) -> any HTTPService {
        keys.map { GuardedService(service, $0) } ?? service
    }

    /// A service that browsers may call for other pages, where some may.
    func shared(_ service: any HTTPService) -> any HTTPService {
        configuration.origins.isEmpty ? service : CrossOriginService(service, origins: configuration.origins)
    }

    /// TLS on the port of metrics.
    var metricsTLS: TLSServer? { configuration.securesMetrics ? tls : nil }

    /// What is read anew while the server runs.
    var reloads: [Reloads.Entry] {
        var entries: [Reloads.Entry] = []
        if let tls { entries.append(Reloads.Entry("certificate and key", tls.contexts)) }
        if let keys { entries.append(Reloads.Entry("keys", keys)) }
        return entries
    }
}
