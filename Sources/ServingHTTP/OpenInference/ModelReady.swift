import JSON
import ServingCore
import ServingTransport

/// Whether a model is loaded.
let modelReady = modelRoutes("GET", "/ready", group: .metadata) { call throws(ServingError) in
    let model = try call.model()
    return HTTPResponse(.ok, ["name": .string(model.name), "ready": true])
}
