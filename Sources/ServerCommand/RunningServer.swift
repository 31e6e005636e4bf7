import JSON
import ServingCore
import ServingGRPC
import ServingHTTP
import ServingObservation
import ServingTransport

/// A server with the protocols that its configuration turns on, each on its port.
struct RunningServer {
    private enum Interface: String {
        case http
        case grpc
        case metrics
    }

    private let interfaces: [(interface: Interface, scheme: String, addresses: [String])]
    private let server: HTTPServer
    private let plane: DataPlane
    private let observer: RequestObserver?

    /// *Throws*: `address`, `usage`.
    init(
        _ plane: DataPlane,
        _ configuration: ServeConfiguration,
        _ security: SecurityState,
        observer: RequestObserver? = nil
    ) throws(ServerError) {
        let limit = configuration.limits.bodyByteCount
        let routes = httpRoutes(vertex: configuration.vertexPaths)
        let resources = ServerResources(configuration.limits, observer: observer)
        let router = Router(routes + pageRoutes(describing: routes), plane: plane, bodyByteLimit: limit)
        let metrics = Router(metricsRoutes(of: resources) + healthRoutes, plane: plane, words: "`/metrics`")
        let all: [(interface: Interface, port: ServePort, service: any HTTPService, tls: TLSServer?)] = [
            (.http, configuration.httpPort, security.shared(security.guarded(router)), security.tls),
            (
                .grpc, configuration.port(configuration.grpcPort, 8001),
                security.guarded(GRPCService(plane, messageByteLimit: limit)), security.tls
            ),
            (
                .metrics, configuration.port(configuration.metricsPort, 8002), security.guarded(metrics),
                security.metricsTLS
            ),
        ]
        let wanted = all.compactMap { entry -> (interface: Interface, endpoint: HTTPServer.Endpoint)? in
            guard let port = entry.port.number else { return nil }
            let application = entry.interface == .grpc ? TLSServer.Application.grpc : .http
            return (entry.interface, HTTPServer.Endpoint(entry.service, port: port, tls: entry.tls, application))
        }
        let server = try HTTPServer(
            wanted.map(\.endpoint),
            host: configuration.host,
            resources: resources
        )
        self.plane = plane
        self.observer = observer
        self.server = server
        interfaces = zip(wanted, server.addresses).map { wanted, addresses in
            let scheme = wanted.interface == .grpc ? "" : wanted.endpoint.tls == nil ? "http://" : "https://"
            return (wanted.interface, scheme, addresses)
        }
    }

    /// What the server says when clients can connect.
    func readyLine(asJSON: Bool) -> String {
        let repository = plane.repository
        let shown = interfaces.map { interface, scheme, addresses in (interface, addresses.map { scheme + $0 }) }
        guard asJSON else {
            let models = repository.names.map { "`\($0)`" }.joined(separator: ", ")
            let places = shown.map { interface, urls in
                (interface == .http ? "" : "\(interface.rawValue) ") + urls.joined(separator: " and ")
            }
            return "ready: \(models.isEmpty ? "no model yet" : models) at \(places.joined(separator: ", "))"
        }
        let models = repository.names.map { name -> JSONValue in
            ["name": .string(name), "versions": .array(repository.versions(of: name).map { .string($0) })]
        }
        var line: JSONObject = ["event": "ready"]
        for (interface, urls) in shown { line[interface.rawValue] = .array(urls.map { .string($0) }) }
        line["models"] = .array(models)
        return String(decoding: JSONValue.object(line).serialized(), as: UTF8.self)
    }

    /// Lets requests that have begun end, and stops.
    func drain() {
        server.drain()
        observer?.flush()
        plane.samples?.flush()
    }
}
