import Diagnostics
import Glibc
import ServingHTTP
import ServingTransport

/// Where containers have their models: SageMaker's folder, and that of mlpack's images.
let cloudModelPaths = ["/opt/ml/model", "/models"]

/// The first of the folders of containers that is there; the last where none is.
func cloudModelPath() -> String {
    cloudModelPaths.first { access($0, F_OK) == 0 } ?? cloudModelPaths[cloudModelPaths.count - 1]
}

extension ServeConfiguration {
    /// Takes what clouds tell their containers.
    ///
    /// *Throws*: `usage` for a port that is none, and for a path that does not start with a slash.
    /// *Source*: Amazon SageMaker, How SageMaker AI Provides Prediction Requests; Vertex AI, Custom container requirements for
    /// prediction.
    mutating func apply(_ environment: (String) -> String?) throws(ServerError) {
        for name in ["SAGEMAKER_BIND_TO_PORT", "AIP_HTTP_PORT"] {
            guard let text = environment(name), !text.isEmpty else { continue }
            guard let port = ServePort(text), case .number = port else {
                throw ServerError(.usage, "`\(name)` is out of range, expected 1 to 65535, got `\(text)`")
            }
            httpPort = port
        }
        vertexPaths = VertexPaths(
            health: try path("AIP_HEALTH_ROUTE", environment),
            predict: try path("AIP_PREDICT_ROUTE", environment)
        )
    }

    private func path(_ name: String, _ environment: (String) -> String?) throws(ServerError) -> String? {
        guard let text = environment(name), !text.isEmpty else { return nil }
        guard text.hasPrefix("/") else {
            throw ServerError(.usage, "`\(name)` is no path, expected a slash at its start, got `\(text)`")
        }
        return text
    }
}
