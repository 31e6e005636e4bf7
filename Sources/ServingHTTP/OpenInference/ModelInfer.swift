import ServingCore
import ServingTransport

/// Computes the outputs of a model.
let modelInfer = modelRoutes("POST", "/infer") { call, model throws(ServingError) in
    let request = try InferRequest(call.request, for: model)
    return Route.Inference(core: request.core) { response throws(ServingError) in
        try inferResponse(response, to: request, of: model)
    }
}
