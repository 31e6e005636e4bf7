import ServingCore

/// Computes the outputs of a model.
let modelInfer = modelRoutes("POST", "/infer", .queued) { call throws(ServingError) in
    let model = try call.model()
    let request = try InferRequest(call.request, for: model)
    let response = try model.infer(request.core)
    return try inferResponse(response, to: request, of: model)
}
