import JSON
import ServingTransport

/// Whether the process answers at all.
let serverLive = [
    Route("GET", "/v2/health/live", group: .open) { _ in HTTPResponse(.ok, ["live": true]) }
]
