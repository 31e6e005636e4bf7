import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// The name and version of the server, and the extensions of the protocol that it understands.
let serverMetadata = [
    Route("GET", "/v2", group: .metadata) { _ in
        HTTPResponse(
            .ok,
            [
                "name": .string(serverName),
                "version": .string(mlpackVersion),
                "extensions": .array(protocolExtensions.map { .string($0) }),
            ]
        )
    }
]
