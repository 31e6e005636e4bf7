import JSON
import ServingCore
import ServingTransport

/// Predictions in the forms of Azure ML's online endpoints: `input_data` is answered by the predictions alone, as for
/// models of MLflow, `data` by `result`, and `Inputs` by `Results`, as automated ML does.
///
/// *Source*: Azure Machine Learning, Deploy MLflow models to online endpoints; Consume a web service.
let azureScore = [
    Route("POST", "/score", .queued, group: .inference) { call throws(ServingError) in
        let model = try call.answeringModel()
        return try call.score(model) { () throws(ServingError) in
            try ScoringRequest(call.request.body, [.inputData, .data, .namedInputs], for: model)
        } write: { request, predictions throws(ServingError) in
            var writer = JSONWriter()
            switch request.form {
            case .data: writer.append("{\"result\":")
            case .namedInputs: writer.append("{\"Results\":")
            default: break
            }
            try predictions.write(rows: request.rowCount, to: &writer)
            if request.form != .inputData { writer.append("}") }
            return HTTPResponse(json: writer.bytes)
        }
    }
]
