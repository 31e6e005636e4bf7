import Diagnostics
import Scheduling
import ServingCore
import ServingTransport

/// The routes of other protocols than the Open Inference Protocol, alphabetically; schemas/dialects.yaml describes each.
package let dialectRoutes: [Route] = [
    azureScore,
    mlflowHealth,
    mlflowInvocations,
    mlflowVersion,
    tensorFlowMetadata,
    tensorFlowModels,
    tensorFlowOther,
    tensorFlowPredict,
    tensorFlowStatus,
].flatMap { $0 }

/// The routes of the port for HTTP.
///
/// *Parameter* vertex: the paths that Vertex AI wants predictions and health on, where there are others than those above.
package func httpRoutes(vertex: VertexPaths = VertexPaths()) -> [Route] {
    let known = openInferenceRoutes + dialectRoutes
    return known
        + vertexRoutes(vertex).filter { route in
            !known.contains { $0.path == route.path && $0.method == route.method }
        }
}

extension Route.Call {
    /// The model of a path that names none: the only one, or the one in the header for it.
    ///
    /// *Throws*: `request` where there are several and none is named; `modelNotFound`.
    /// *Source*: Amazon SageMaker, Invoke a multi-model endpoint.
    func soleModel() throws(ServingError) -> ServedModel {
        let header = "x-amzn-sagemaker-target-model"
        let names = plane.repository.names
        if let name = request.values(of: header).first { return try plane.repository.model(name) }
        guard names.count == 1 else {
            let words = names.isEmpty ? "no model is served" : "\(names.count) models are served, expected the header"
            throw ServingError(
                names.isEmpty ? .modelNotFound : .request,
                names.isEmpty ? words : "\(words) `\(header)` to name one of \(nameList(names))"
            )
        }
        return try plane.repository.model(names[0])
    }

    /// Has a model answer a request of a dialect.
    func score(
        _ model: ServedModel,
        read: () throws(ServingError) -> ScoringRequest,
        write: (ScoringRequest, Predictions) throws(ServingError) -> HTTPResponse
    ) throws(ServingError) -> HTTPResponse {
        try model.answer(waited: work.waited, record: request.record, samples: plane.samples) {
            () throws(ServingError) in
            var request = try read()
            request.core.isAbandoned = { [abandonment = work.abandonment] in abandonment.isSet }
            return (request, request.core)
        } write: { request, response throws(ServingError) in
            try write(request, try Predictions(response))
        }
    }
}
