import Diagnostics
import NIOCore
import NIOSSL

/// The server's end of TLS: connections that begin are made from what the files held last.
///
/// Connections that have begun go on with what they began with.
package struct TLSServer: Sendable {
    /// What is spoken inside, by which the names for ALPN are chosen.
    package enum Application: Sendable {
        /// HTTP/2 and HTTP/1.1.
        case http
        /// HTTP/2 alone.
        case grpc

        /// *Source*: RFC 7301, section 6, and the registry of protocol identifiers.
        fileprivate var protocols: [String] { self == .http ? ["h2", "http/1.1"] : ["h2"] }
    }

    /// What connections are made from.
    package struct Contexts: Sendable {
        fileprivate let http: NIOSSLContext
        fileprivate let grpc: NIOSSLContext

        fileprivate init(_ files: TLSFiles) throws {
            let credentials = try TLSCredentials(files)
            http = try credentials.context(Application.http.protocols)
            grpc = try credentials.context(Application.grpc.protocols)
        }
    }

    /// What the files hold.
    package let contexts: FileBacked<Contexts>

    /// Reads the files.
    ///
    /// *Throws*: `notFound` and `refused` of files, and `credentials` for what they hold.
    package init(_ files: TLSFiles) throws {
        contexts = try FileBacked(files.paths) { try Contexts(files) }
    }

    /// What goes between a new connection and its protocol.
    func handler(for application: Application) -> any ChannelHandler {
        let contexts = contexts.value
        return NIOSSLServerHandler(context: application == .http ? contexts.http : contexts.grpc)
    }
}
