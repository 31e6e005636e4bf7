import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// Predictions in the forms of TensorFlow Serving and of KServe's first protocol: rows, `instances`, are answered by
/// `predictions`, whole tensors, `inputs`, by `outputs`.
///
/// *Source*: TensorFlow Serving, RESTful API, Predict API; KServe, V1 Inference Protocol.
let tensorFlowPredict = tensorFlowRoutes("POST", ":predict", .queued, group: .inference) { call throws(ServingError) in
    let model = try call.answeringModel()
    return try call.score(model) { () throws(ServingError) in
        try ScoringRequest(call.request.body, [.instances, .inputs], for: model)
    } write: { request, predictions throws(ServingError) in
        var writer = JSONWriter()
        writer.append(request.form == .instances ? "{\"predictions\":" : "{\"outputs\":")
        try predictions.write(rows: request.rowCount, to: &writer)
        writer.append("}")
        return HTTPResponse(json: writer.bytes)
    }
}

/// The calls of the same protocols that need what models of ONNX have not.
let tensorFlowOther = ["classify", "explain", "regress"].flatMap { name in
    tensorFlowRoutes("POST", ":\(name)", group: .inference) { _ throws(ServingError) in
        throw ServingError(.unsupported, "`:\(name)` is not supported, expected `:predict`")
    }
}

/// A route for the highest version of a model, and the same for a version that the path names.
func tensorFlowRoutes(
    _ method: String,
    _ suffix: String,
    _ work: Route.Work = .immediate,
    group: CallGroup,
    answer: @escaping @Sendable (Route.Call) throws(ServingError) -> HTTPResponse
) -> [Route] {
    [
        Route(method, "/v1/models/{model}\(suffix)", work, group: group, answer: answer),
        Route(method, "/v1/models/{model}/versions/{version}\(suffix)", work, group: group, answer: answer),
    ]
}
