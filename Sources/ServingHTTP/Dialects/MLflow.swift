import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// Predictions in the forms of MLflow's scoring server and of SageMaker's containers: a data frame, rows or whole tensors
/// in JSON, or CSV.
///
/// *Source*: MLflow, scoring server, `/invocations`; Amazon SageMaker, Use Your Own Inference Code with Hosting Services.
let mlflowInvocations = [
    Route("POST", "/invocations", .queued, group: .inference) { call in
        do throws(ServingError) {
            let type = try ScoringMediaType(call.request)
            let model = try call.answeringModel()
            return try call.score(model) { () throws(ServingError) in
                try type.request(call.request.body, for: model)
            } write: { request, predictions throws(ServingError) in
                guard !call.request.wantsCSV else {
                    return HTTPResponse(
                        status: .ok,
                        headers: [("content-type", "text/csv")],
                        body: try predictions.csv(rows: request.rowCount)
                    )
                }
                return try predictions.response(to: request)
            }
        } catch {
            return HTTPResponse(mlflow: error)
        }
    }
]

/// Whether requests are welcome.
let mlflowHealth = ["/health", "/ping"].map { path in
    Route("GET", path, group: .open) { call in HTTPResponse(readinessOf: call.plane) }
}

/// The version of the server, as plain text.
let mlflowVersion = [
    Route("GET", "/version", group: .metadata) { _ in
        HTTPResponse(status: .ok, headers: [("content-type", "text/plain")], body: Array(mlpackVersion.utf8))
    }
]

extension Predictions {
    /// The answer under `predictions`.
    func response(to request: ScoringRequest) throws(ServingError) -> HTTPResponse {
        var writer = JSONWriter()
        writer.append("{\"predictions\":")
        try write(rows: request.rowCount, to: &writer)
        writer.append("}")
        return HTTPResponse(json: writer.bytes)
    }
}

extension HTTPResponse {
    /// Whether a server takes requests, in the form of those probes that look only at the status.
    init(readinessOf plane: DataPlane) {
        guard plane.isReady else {
            self.init(.unavailable, ["ready": false, "error": "the server is shutting down, or a model is not loaded"])
            return
        }
        self.init(.ok, ["ready": true])
    }

    /// A failure of the core as MLflow's clients read it: with a code and a message of their own.
    ///
    /// *Source*: MLflow, `MlflowException.serialize_as_json`.
    fileprivate init(mlflow error: ServingError) {
        self.init(error)
        guard case .object(var object)? = try? JSONValue.parse(body) else { return }
        let code =
            switch error.code {
            case .modelNotFound, .versionNotFound: "RESOURCE_DOES_NOT_EXIST"
            case .input, .output: "INVALID_PARAMETER_VALUE"
            case .deadlineExceeded: "DEADLINE_EXCEEDED"
            case .overloaded: "TEMPORARILY_UNAVAILABLE"
            case .resources: "RESOURCE_EXHAUSTED"
            case .unsupported: "NOT_IMPLEMENTED"
            case .repository: "INTERNAL_ERROR"
            case .request, .encoding, .tooLarge, .notControlled, .execution: "BAD_REQUEST"
            }
        object["error_code"] = .string(code)
        object["message"] = .string(error.hint.map { "\(error.description) (\($0))" } ?? error.description)
        body = JSONValue.object(object).serialized()
        headers.removeAll { $0.name == "accept-encoding" }
    }
}

extension HTTPRequest {
    /// Whether the client takes CSV and does not name JSON before it.
    fileprivate var wantsCSV: Bool {
        for value in values(of: "accept") {
            for type in value.lowercased().split(separator: ",") {
                switch type.prefix(while: { $0 != ";" }).filter({ $0 != " " && $0 != "\t" }) {
                case "text/csv": return true
                case "application/json", "*/*": return false
                default: break
                }
            }
        }
        return false
    }
}
