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

    private let interfaces: [(interface: Interface, addresses: [String])]
    private let server: HTTPServer
    private let plane: DataPlane
    private let observer: RequestObserver?

    /// *Throws*: `address`, `usage`.
    init(
        _ plane: DataPlane,
        _ configuration: ServeConfiguration,
        observer: RequestObserver? = nil
    ) throws(ServerError) {
        let limit = configuration.limits.bodyByteCount
        let routes = httpRoutes(vertex: configuration.vertexPaths)
        let resources = ServerResources(configuration.limits, observer: observer)
        let all: [(interface: Interface, port: ServePort, service: any HTTPService)] = [
            (
                .http, configuration.httpPort,
                Router(routes + pageRoutes(describing: routes), plane: plane, bodyByteLimit: limit)
            ),
            (.grpc, configuration.port(configuration.grpcPort, 8001), GRPCService(plane, messageByteLimit: limit)),
            (
                .metrics, configuration.port(configuration.metricsPort, 8002),
                Router(metricsRoutes(of: resources), plane: plane, words: "`/metrics`")
            ),
        ]
        let wanted = all.compactMap { entry -> (interface: Interface, endpoint: HTTPServer.Endpoint)? in
            switch entry.port {
            case .off: nil
            case .free: (entry.interface, HTTPServer.Endpoint(entry.service, port: 0))
            case .number(let port): (entry.interface, HTTPServer.Endpoint(entry.service, port: port))
            }
        }
        let server = try HTTPServer(
            wanted.map(\.endpoint),
            host: configuration.host,
            resources: resources
        )
        self.plane = plane
        self.observer = observer
        self.server = server
        interfaces = zip(wanted, server.addresses).map { ($0.interface, $1) }
    }

    /// What the server says when clients can connect.
    func readyLine(asJSON: Bool) -> String {
        let repository = plane.repository
        let shown = interfaces.map { interface, addresses in
            (interface, addresses.map { interface == .grpc ? $0 : "http://\($0)" })
        }
        guard asJSON else {
            let models = repository.names.map { "`\($0)`" }.joined(separator: ", ")
            let places = shown.map { interface, urls in
                (interface == .http ? "" : "\(interface.rawValue) ") + urls.joined(separator: " and ")
            }
            return "ready: \(models) at \(places.joined(separator: ", "))"
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
