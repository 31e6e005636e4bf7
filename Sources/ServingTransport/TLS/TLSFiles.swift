/// Where the certificate of a server and what belongs to it stand, all in PEM.
package struct TLSFiles: Sendable, Hashable {
    /// The server's certificate, and behind it those that lead from it to an authority.
    package var certificate: String
    /// The private key of the certificate, without a passphrase.
    package var key: String
    /// The authorities one of which has to have signed the certificate that a client shows; clients show none when `nil`.
    package var clientAuthorities: String?

    /// Files by their paths.
    package init(certificate: String, key: String, clientAuthorities: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
    }

    var paths: [String] { [certificate, key] + (clientAuthorities.map { [$0] } ?? []) }
}
