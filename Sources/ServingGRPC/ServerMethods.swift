import Diagnostics
import OnnxReader
import ServingCore
import ServingTransport

/// What the server says of itself; health as the protocol has it, and as gRPC's own service does.
let serverMethods = [
    inferenceMethod("ServerLive", group: .open) { _, _ in message { $0.write(1, true) } },
    inferenceMethod("ServerMetadata", group: .metadata) { _, _ in
        message { writer in
            writer.write(1, serverName)
            writer.write(2, mlpackVersion)
            for name in protocolExtensions { writer.write(3, name) }
        }
    },
    inferenceMethod("ServerReady", group: .open) { _, context in message { $0.write(1, context.plane.isReady) } },
    GRPCMethod("grpc.health.v1.Health/Check", group: .open) { bytes, context throws(ServingError) in
        let service = try healthService(bytes)
        guard ["", "inference.GRPCInferenceService"].contains(service) else {
            throw ServingError(.modelNotFound, "the service `\(service)` is not served")
        }
        // `SERVING` and `NOT_SERVING`.
        return message { $0.write(1, context.plane.isReady ? 1 : 2) }
    },
]

private func healthService(_ bytes: [UInt8]) throws(ServingError) -> String {
    var service = ""
    try MessageReader.read(bytes, "HealthCheckRequest") { reader, field throws(ServingError) in
        guard field.number == 1 else { return false }
        service = try reader.string(field)
        return true
    }
    return service
}
