import Downloads
import Glibc
import NIOCore
import NIOEmbedded
import NIOSSL
import ServingClient
import ServingTransport

/// A server that is spoken to inside of TLS.
struct TLSPeer: Sendable {
    private let context: NIOSSLContext
    /// The name that its certificate is to have; `nil` for that of its address.
    private let name: String?
    private let address: SocketAddress

    /// *Throws*: `notFound` and `refused` of files, and `credentials` for what they hold.
    init(_ address: ServerAddress, _ certificates: HTTPCertificates) throws {
        var trust = TLSTrust()
        trust.authorities = certificates.authorities ?? getenv("SSL_CERT_FILE").map { String(cString: $0) }
        trust.certificate = certificates.certificate
        trust.key = certificates.key ?? certificates.certificate
        context = try trust.context(address.transport == .http ? ["http/1.1"] : ["h2"])
        let port = Int(address.port) ?? 0
        let numeric = try? SocketAddress(ipAddress: address.host, port: port)
        name = numeric == nil ? address.host : nil
        self.address = try numeric ?? SocketAddress(ipAddress: "127.0.0.1", port: port)
    }

    /// A connection without a network, on which the handshake has begun.
    ///
    /// *Throws*: what is wrong with the name.
    func connect() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        channel.remoteAddress = address
        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
        channel.connect(to: address, promise: nil)
        return channel
    }
}
