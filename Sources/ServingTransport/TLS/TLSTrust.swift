package import NIOSSL

/// How a client knows a server by its certificate, and what it shows of its own.
package struct TLSTrust: Sendable, Hashable {
    /// The authorities one of which has to have signed the server's certificate; the system's when `nil`.
    package var authorities: String?
    /// Whether any certificate will do.
    package var trustsAll = false
    /// The client's own certificate and its key.
    package var certificate: String?
    package var key: String?

    /// Trust in the system's authorities.
    package init() {}

    /// What connections are made from.
    ///
    /// *Parameter* protocols: their names for ALPN, the best first.
    /// *Throws*: `notFound` and `refused` of files, and `credentials` for what they hold.
    package func context(_ protocols: [String]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        if let authorities { configuration.trustRoots = .certificates(try readCertificates(authorities)) }
        if trustsAll { configuration.certificateVerification = .none }
        if let certificate, let key {
            configuration.certificateChain = try readCertificates(certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try readPrivateKey(key))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
