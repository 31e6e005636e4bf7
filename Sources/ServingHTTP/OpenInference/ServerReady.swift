import JSON
import ServingCore
import ServingTransport

/// Whether every model is loaded and requests are welcome; not while the server drains.
let serverReady = [
    Route("GET", "/v2/health/ready", group: .open) { call in
        guard !call.plane.isDraining else {
            return HTTPResponse(.unavailable, ["ready": false, "error": "the server is shutting down"])
        }
        guard call.plane.isReady else {
            return HTTPResponse(.unavailable, ["ready": false, "error": "a model could not be loaded"])
        }
        return HTTPResponse(.ok, ["ready": true])
    }
]
