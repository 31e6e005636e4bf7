import OnnxReader
import ServingClient
import ServingCore
import ServingGRPC

private let clause = "Open Inference Protocol, grpc_predict_v2.proto"

/// What the server and its models say of themselves over gRPC.
let grpcServerCases: [ProtocolCase] = [
    .grpc("health/server is live", "\(clause), ServerLive") { server in
        try expectTrue(try server.answer("ServerLive", []), "`live`")
    },
    .grpc("health/server is ready", "\(clause), ServerReady") { server in
        try expectTrue(try server.answer("ServerReady", []), "`ready`")
    },
    .grpc("health/model is ready", "\(clause), ModelReady", models: [identityFP32]) { server in
        try expectTrue(try server.answer("ModelReady", message { $0.write(1, identityFP32) }), "`ready`")
    },
    .grpc("health/unknown model is not ready", "\(clause), ModelReady") { server in
        let outcome = try server.call("ModelReady", message { $0.write(1, "conformance_none") })
        // Not ready, or an error.
        guard outcome.status == 0 else { return }
        let isReady = try flag(outcome.messages.first ?? [])
        try expect(!isReady, "`ready` is false, or a status that is not OK", got: "`ready` is true")
    },
    .grpc("metadata/server", "\(clause), ServerMetadata") { server in
        guard let grpc = server.grpc else { return }
        let metadata = try GRPCInferenceClient(grpc).serverMetadata()
        try expect(!metadata.name.isEmpty && !metadata.version.isEmpty, "`name` and `version`", got: "\(metadata)")
    },
    .grpc("metadata/model", "\(clause), ModelMetadata", models: [addSubModelName]) { server in
        guard let grpc = server.grpc else { return }
        let metadata = try GRPCInferenceClient(grpc).modelMetadata(addSubModelName, version: nil)
        let isSo =
            metadata.inputs.map(\.name) == ["INPUT0", "INPUT1"]
            && (metadata.inputs + metadata.outputs).allSatisfy { $0.datatype == "FP32" && $0.shape == [-1, 4] }
        try expect(isSo, "the inputs `INPUT0` and `INPUT1` of `FP32` [-1, 4]", got: "\(metadata)")
    },
    .grpc("health/grpc.health.v1", .advised, "gRPC, Health Checking Protocol") { server in
        guard let grpc = server.grpc else { return }
        let outcome = try grpc.call("grpc.health.v1.Health/Check", [[]])
        // `SERVING` is 1, as true is.
        guard outcome.status == 0 else { throw Mismatch("status OK", got: outcome.text) }
        try expectTrue(outcome.messages.first ?? [], "`SERVING`")
    },
]

private func expectTrue(_ bytes: [UInt8], _ words: String) throws {
    try expect(try flag(bytes), "\(words) is true", got: "\(bytes)")
}

/// The first field of a message, as a truth value.
private func flag(_ bytes: [UInt8]) throws -> Bool {
    var isSet = false
    try MessageReader.read(bytes, "answer") { reader, field throws(ServingError) in
        guard field.number == 1 else { return false }
        isSet = try reader.bool(field)
        return true
    }
    return isSet
}
