import ServingCore
import ServingTransport

/// Computes the outputs of a model.
let modelInfer = modelRoutes("POST", "/infer", .queued, group: .inference) { call throws(ServingError) in
    let model = try call.model()
    return try model.answer(waited: call.work.waited, record: call.request.record, samples: call.plane.samples) {
        () throws(ServingError) in
        var request = try InferRequest(call.request, for: model)
        request.core.isAbandoned = { [abandonment = call.work.abandonment] in abandonment.isSet }
        return (request, request.core)
    } write: { request, response throws(ServingError) in
        try inferResponse(response, to: request, of: model)
    }
}
