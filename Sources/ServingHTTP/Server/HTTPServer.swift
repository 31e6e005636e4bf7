package import Diagnostics
package import NIOCore
import NIOHTTP1
import NIOPosix
package import ServingCore

/// The failures of a server that have nothing to do with a request.
package enum ServerCode: String, DiagnosticCode {
    /// An address cannot be listened on.
    case address
    /// The command line is wrong.
    case usage

    package var kind: DiagnosticKind { self == .usage ? .usage : .environment }
}

/// An error of the server.
package typealias ServerError = DiagnosticError<ServerCode>

/// A server of models over HTTP/1.1.
package final class HTTPServer: Sendable {
    /// The addresses that it listens on, as clients write them: `http://127.0.0.1:8000`.
    package let urls: [String]
    private let listeners: [any Channel]
    private let connections: ConnectionSet
    private let group: MultiThreadedEventLoopGroup
    private let pool: InferencePool
    private let state: ServerState
    private let limits: ServerLimits

    /// Starts to listen on every address of `host`; returns when clients can connect.
    ///
    /// *Parameter* host: a numeric address of IPv4 or IPv6, or `localhost`, which is both loopback addresses.
    /// *Parameter* port: 0 takes a free one.
    /// *Throws*: `address` when an address cannot be listened on.
    package init(
        _ repository: ModelRepository,
        host: String,
        port: Int,
        limits: ServerLimits = ServerLimits()
    ) throws(ServerError) {
        self.limits = limits
        let state = ServerState(repository)
        let router = Router(state: state)
        let pool = InferencePool(threadCount: limits.threadCount, queueLength: limits.queueLength)
        let connections = ConnectionSet(limit: limits.connectionCount)
        self.state = state
        self.pool = pool
        self.connections = connections
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, min(4, limits.threadCount)))
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.insert(channel) else {
                        channel.close(promise: nil)
                        return
                    }
                    try Self.configure(
                        channel.pipeline.syncOperations,
                        Connection(router: router, server: state, pool: pool, limits: limits),
                        limits
                    )
                }
            }
        do throws(ServerError) {
            listeners = try Self.listen(bootstrap, host: host, port: port)
        } catch {
            pool.shutDown()
            group.shutdownGracefully { _ in }
            throw error
        }
        urls = listeners.compactMap { listener in
            guard let address = listener.localAddress, let port = address.port, let ip = address.ipAddress
            else { return nil }
            return address.protocol == .inet6 ? "http://[\(ip)]:\(port)" : "http://\(ip):\(port)"
        }
    }

    /// The handlers of a connection, from the socket inwards.
    package static func configure(
        _ pipeline: ChannelPipeline.SynchronousOperations,
        router: Router,
        state: ServerState,
        pool: InferencePool,
        limits: ServerLimits
    ) throws {
        let connection = Connection(router: router, server: state, pool: pool, limits: limits)
        try configure(pipeline, connection, limits)
    }

    private static func configure(
        _ pipeline: ChannelPipeline.SynchronousOperations,
        _ connection: Connection,
        _ limits: ServerLimits
    ) throws {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerByteCount
        configuration.maxHeaderListSize = limits.headerByteCount
        try pipeline.addHandlers(
            HTTPResponseEncoder(),
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: configuration)
            ),
            HTTPServerPipelineHandler(),
            connection
        )
    }

    private static func listen(
        _ bootstrap: ServerBootstrap,
        host: String,
        port: Int
    ) throws(ServerError) -> [any Channel] {
        let hosts = host == "localhost" ? ["127.0.0.1", "::1"] : [host]
        var listeners: [any Channel] = []
        var port = port
        for host in hosts {
            let address: SocketAddress
            do {
                address = try SocketAddress(ipAddress: host, port: port)
            } catch {
                throw ServerError(
                    .usage,
                    "the host is not an address, expected numbers such as `0.0.0.0` and `::`, or `localhost`, got `\(host)`"
                )
            }
            do {
                let listener = try bootstrap.bind(to: address).wait()
                listeners.append(listener)
                port = listener.localAddress?.port ?? port
            } catch {
                // A machine without IPv6 has `localhost` all the same.
                guard listeners.isEmpty else { continue }
                throw ServerError(.address, "listening on `\(host)` port \(port): \(Self.reason(error))")
            }
        }
        return listeners
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return systemMessage(error.errnoCode)
    }

    /// Stops listening, lets requests that have begun end within the drain timeout, and ends all threads.
    package func drain() {
        state.drain()
        for listener in listeners { try? listener.close().wait() }
        connections.quiesce()
        connections.wait(for: limits.drainTimeout, on: group.next())
        connections.closeAll()
        pool.shutDown()
        try? group.syncShutdownGracefully()
    }
}
