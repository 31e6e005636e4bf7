package import Diagnostics

/// The failures of settings of traces.
package enum ObservationCode: String, DiagnosticCode {
    /// A setting has another form.
    case setting
    /// The setting is known, and not supported.
    case unsupported

    package var kind: DiagnosticKind { self == .setting ? .usage : .unsupported }
}

/// An error of this module.
package typealias ObservationError = DiagnosticError<ObservationCode>

/// Where spans are sent: a collector of OpenTelemetry that takes OTLP over HTTP.
///
/// *Source*: OpenTelemetry Protocol Exporter, Endpoint URLs for OTLP/HTTP.
package struct OTLPEndpoint: Sendable, Hashable {
    let host: String
    let port: UInt16
    let path: String

    /// The URL that spans are posted to.
    package var url: String { "http://\(authority)\(path)" }

    /// The host and port as a request names them.
    var authority: String { (host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host) + ":\(port)" }

    /// An endpoint of a URL.
    ///
    /// *Parameter* isOfTraces: whether the URL is that of traces, and not the one below which all signals are.
    /// *Throws*: `setting` for another form of URL, `unsupported` for TLS.
    package init(_ text: String, isOfTraces: Bool = false) throws(ObservationError) {
        guard !text.hasPrefix("https://") else {
            throw ObservationError(
                .unsupported,
                "spans are not sent over TLS, expected `http://…`, got `\(text)`",
                hint: "run a collector beside the server, and let it forward"
            )
        }
        let scheme = "http://"
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" }
        guard text.hasPrefix(scheme), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.utf8.count <= 1024,
            !text.contains(where: { "@?#".contains($0) }), let (host, port) = Self.parts(of: authority)
        else {
            throw ObservationError(.setting, "the URL has another form, expected `http://host:4318`, got `\(text)`")
        }
        self.host = host
        self.port = port
        let path = String(text.dropFirst(scheme.count + authority.count))
        self.path = isOfTraces ? (path.isEmpty ? "/" : path) : (path.hasSuffix("/") ? path : path + "/") + "v1/traces"
    }

    private static func parts(of authority: Substring) -> (String, UInt16)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = authority[authority.index(after: authority.startIndex)..<end]
            return port(authority[authority.index(after: end)...]).map { (String(host), $0) }
        }
        let host = authority.prefix { $0 != ":" }
        guard !host.isEmpty else { return nil }
        return port(authority.dropFirst(host.count)).map { (String(host), $0) }
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard !text.isEmpty else { return 80 }
        guard text.hasPrefix(":"), let port = UInt16(text.dropFirst()), port > 0 else { return nil }
        return port
    }
}
