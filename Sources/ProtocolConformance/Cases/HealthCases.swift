import JSON
import ServingClient
import ServingCore

private let clause = "Open Inference Protocol, Health"

/// Whether the server and its models say that they are there.
let healthCases: [ProtocolCase] = [
    .http("health/server is live", clause) { server in
        let answer = try server.get("/v2/health/live")
        try expect(answer.status == 200, "status 200", got: answer.words)
    },
    .http("health/server is ready", clause) { server in
        let answer = try server.get("/v2/health/ready")
        try expect(answer.status == 200, "status 200", got: answer.words)
    },
    .http("health/model is ready", clause, models: [identityFP32]) { server in
        let answer = try server.get("/v2/models/\(identityFP32)/ready")
        try expect(answer.status == 200, "status 200", got: answer.words)
    },
    .http("health/version is ready", clause, models: [versionsModelName]) { server in
        let answer = try server.get("/v2/models/\(versionsModelName)/versions/1/ready")
        try expect(answer.status == 200, "status 200", got: answer.words)
    },
    .http("health/unknown model is not ready", clause) { server in
        let answer = try server.get("/v2/models/conformance_none/ready")
        try expect((400...599).contains(answer.status), "status 400 to 599", got: answer.words)
    },
]

/// The model that most cases ask.
let identityFP32 = identityModelName(.fp32)

extension ProtocolCase {
    /// A case of the core over HTTP.
    static func http(
        _ name: String,
        _ clause: String,
        models: [String] = [],
        _ run: @escaping @Sendable (ProtocolServer) throws -> Void
    ) -> ProtocolCase { .http(name, .required, clause, models: models, run) }

    /// A case of the core over gRPC.
    static func grpc(
        _ name: String,
        _ clause: String,
        models: [String] = [],
        _ run: @escaping @Sendable (ProtocolServer) throws -> Void
    ) -> ProtocolCase { .grpc(name, .required, clause, models: models, run) }
}
