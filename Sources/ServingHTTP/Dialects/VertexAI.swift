import ServingCore
import ServingTransport

/// The paths that Vertex AI gives to a container.
///
/// *Source*: Vertex AI, Custom container requirements for prediction, `AIP_HEALTH_ROUTE` and `AIP_PREDICT_ROUTE`.
package struct VertexPaths: Sendable, Hashable {
    /// Where health is asked for; nowhere else than elsewhere when `nil`.
    package var health: String?
    /// Where predictions are.
    package var predict: String?

    /// Paths, none of them by default.
    package init(health: String? = nil, predict: String? = nil) {
        self.health = health
        self.predict = predict
    }
}

/// The routes on paths of Vertex AI: rows are answered by `predictions`.
func vertexRoutes(_ paths: VertexPaths) -> [Route] {
    let health = paths.health.map { path in
        Route("GET", path, group: .open, isLiteral: true) { call in HTTPResponse(readinessOf: call.plane) }
    }
    let predict = paths.predict.map { path in
        Route("POST", path, .queued, group: .inference, isLiteral: true) { call throws(ServingError) in
            let model = try call.answeringModel()
            return try call.score(model) { () throws(ServingError) in
                try ScoringRequest(call.request.body, [.instances], for: model)
            } write: { request, predictions throws(ServingError) in
                try predictions.response(to: request)
            }
        }
    }
    return [health, predict].compactMap { $0 }
}
