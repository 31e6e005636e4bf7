import Diagnostics
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
    healthCheck,
]
