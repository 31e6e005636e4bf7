import Diagnostics
package import NIOCore
import NIOHTTP1
import NIOPosix
import Scheduling

/// A server over HTTP/1.1 and HTTP/2, with TLS or without, on several ports with a service each.
package final class HTTPServer: Sendable {
    /// A port, and what answers there.
    package struct Endpoint: Sendable {
        package let service: any HTTPService
        /// 0 takes a free one.
        package let port: Int
        /// What makes connections secure; `nil` where they are not.
        package let tls: TLSServer?
        let application: TLSServer.Application

        /// An endpoint.
        package init(
            _ service: any HTTPService,
            port: Int,
            tls: TLSServer? = nil,
            _ application: TLSServer.Application = .http
        ) {
            self.service = service
            self.port = port
            self.tls = tls
            self.application = application
        }
    }

    /// Where each endpoint listens, as clients write it: `127.0.0.1:8000`.
    package let addresses: [[String]]
    private let listeners: [any Channel]
    private let connections: ConnectionSet
    private let group: MultiThreadedEventLoopGroup
    private let resources: ServerResources

    /// Starts to listen on every address of `host`; returns when clients can connect.
    ///
    /// *Parameter* host: a numeric address of IPv4 or IPv6, or `localhost`, which is both loopback addresses.
    /// *Throws*: `address` when an address cannot be listened on.
    package init(
        _ endpoints: [Endpoint],
        host: String,
        resources: ServerResources
    ) throws(ServerError) {
        self.resources = resources
        let limits = resources.limits
        let connections = ConnectionSet(limit: limits.connectionCount)
        self.connections = connections
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, min(4, limits.work.runCount)))
        var listeners: [any Channel] = []
        var addresses: [[String]] = []
        do throws(ServerError) {
            for endpoint in endpoints {
                let bootstrap = Self.bootstrap(group, endpoint, connections, resources)
                let channels = try Self.listen(bootstrap, host: host, port: endpoint.port)
                listeners += channels
                addresses.append(channels.compactMap(Self.address))
            }
        } catch {
            resources.shutDown()
            group.shutdownGracefully { _ in }
            throw error
        }
        self.listeners = listeners
        self.addresses = addresses
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup,
        _ endpoint: Endpoint,
        _ connections: ConnectionSet,
        _ resources: ServerResources
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.insert(channel) else {
                        channel.close(promise: nil)
                        return
                    }
                    let tls = endpoint.tls?.handler(for: endpoint.application)
                    try configure(channel.pipeline.syncOperations, endpoint.service, resources, tls)
                }
            }
    }

    /// The first handlers of a connection, of which the last finds out what the client speaks.
    package static func configure(
        _ pipeline: ChannelPipeline.SynchronousOperations,
        _ service: any HTTPService,
        _ resources: ServerResources,
        _ tls: (any ChannelHandler)? = nil
    ) throws {
        // A client that takes no answers is read no further requests from.
        try pipeline.addHandler(BackPressureHandler())
        if let tls { try pipeline.addHandler(tls) }
        try pipeline.addHandler(ProtocolDetection(service, resources))
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

    private static func address(_ listener: any Channel) -> String? {
        guard let address = listener.localAddress, let port = address.port, let ip = address.ipAddress
        else { return nil }
        return address.protocol == .inet6 ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }

    /// Lets connections send what is on its way, stops listening, lets requests that have begun end within the drain
    /// timeout, and ends all threads.
    ///
    /// The services say by then that they drain.
    package func drain() {
        let linger = resources.limits.lingerTimeout
        // What has reached the machine is accepted first.
        takeWaitingConnections(of: listeners, on: group, within: linger)
        if !connections.isEmpty {
            connections.announceEnd()
            connections.wait(for: linger, on: group.next())
        }
        for listener in listeners { dropNewConnections(listener) }
        takeWaitingConnections(of: listeners, on: group, within: linger)
        for listener in listeners { try? listener.close().wait() }
        connections.quiesce()
        connections.wait(for: resources.limits.drainTimeout, on: group.next())
        connections.closeAll()
        resources.shutDown()
        try? group.syncShutdownGracefully()
    }
}
