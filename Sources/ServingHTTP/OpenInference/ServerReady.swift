import JSON

/// Whether every model is loaded and requests are welcome; not while the server drains.
let serverReady = [
    Route("GET", "/v2/health/ready") { call in
        guard !call.state.isDraining else {
            return HTTPResponse(.unavailable, ["ready": false, "error": "the server is shutting down"])
        }
        return HTTPResponse(.ok, ["ready": true])
    }
]
