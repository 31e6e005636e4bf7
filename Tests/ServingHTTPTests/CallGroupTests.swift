import ServingHTTP
import ServingTransport
import Testing

@Suite struct CallGroupTests {
    /// Every route with the group whose keys open it: a new one is put here by whoever has thought of it.
    private static let groups: [CallGroup: Set<String>] = [
        .open: ["GET /", "GET /page/{file}", "GET /v2/health/live", "GET /v2/health/ready"],
        .inference: ["POST /v2/models/{model}/infer", "POST /v2/models/{model}/versions/{version}/infer"],
        .metadata: [
            "GET /openapi.json", "GET /swagger.json", "GET /v2", "GET /v2/cudasharedmemory/status", "GET /v2/logging",
            "GET /v2/models/stats",
            "GET /v2/models/{model}", "GET /v2/models/{model}/config", "GET /v2/models/{model}/drift",
            "GET /v2/models/{model}/ready",
            "GET /v2/models/{model}/stats", "GET /v2/models/{model}/trace/setting",
            "GET /v2/models/{model}/versions/{version}", "GET /v2/models/{model}/versions/{version}/config",
            "GET /v2/models/{model}/versions/{version}/drift",
            "GET /v2/models/{model}/versions/{version}/ready", "GET /v2/models/{model}/versions/{version}/stats",
            "GET /v2/systemsharedmemory/status", "GET /v2/trace/setting", "POST /v2/repository/index",
        ],
        .admin: [
            "POST /v2/cudasharedmemory/region/{region}/register", "POST /v2/cudasharedmemory/unregister",
            "POST /v2/logging", "POST /v2/models/{model}/trace/setting", "POST /v2/repository/models/{model}/load",
            "POST /v2/repository/models/{model}/unload", "POST /v2/systemsharedmemory/region/{region}/register",
            "POST /v2/systemsharedmemory/unregister", "POST /v2/trace/setting",
        ],
        .metrics: ["GET /metrics"],
    ]

    @Test func `every route is in the group that somebody chose for it`() {
        let served = openInferenceRoutes + pageRoutes(describing: openInferenceRoutes) + metricsRoutes()
        let routes = Dictionary(grouping: served, by: \.group)
        #expect(routes.mapValues { Set($0.map { "\($0.method) \($0.path)" }) } == Self.groups)
    }

    @Test func `a request has the group of the route that answers it`() throws {
        let router = try servedModels(["linear"])
        let requests: [(method: String, target: String, group: CallGroup)] = [
            ("GET", "/v2/health/ready?x", .open), ("HEAD", "/v2", .metadata), ("GET", "/%76%32", .metadata),
            ("POST", "/v2/models/linear/infer", .inference), ("POST", "/v2/models/none/infer", .inference),
            ("POST", "/v2/repository/models/linear/load", .admin),
            ("POST", "/v2/repository/models/a%2Fb/unload", .admin),
            // Nothing is there to be opened.
            ("GET", "/v2/models/linear/infer", .open), ("GET", "/x", .open), ("GET", "/%zz", .open),
        ]
        for (method, target, group) in requests {
            #expect(router.group(of: HTTPRequest(method, target)) == group, "\(method) \(target)")
        }
    }
}
