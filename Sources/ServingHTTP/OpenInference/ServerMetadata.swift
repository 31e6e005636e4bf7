import Diagnostics
import JSON

/// The name and version of the server, and the extensions of the protocol that it understands.
let serverMetadata = [
    Route("GET", "/v2") { _ in
        HTTPResponse(
            .ok,
            ["name": "mlpack", "version": .string(mlpackVersion), "extensions": ["binary_tensor_data"]]
        )
    }
]
