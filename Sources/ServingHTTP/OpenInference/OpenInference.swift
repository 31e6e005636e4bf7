import ServingCore
import ServingTransport

/// The routes of the Open Inference Protocol, alphabetically; schemas/open-inference.yaml describes each.
package let openInferenceRoutes: [Route] = [
    loggingSettings,
    modelConfiguration,
    modelDrift,
    modelInfer,
    modelMetadata,
    modelReady,
    modelStatistics,
    repositoryIndex,
    repositoryModelLoad,
    repositoryModelUnload,
    serverLive,
    serverMetadata,
    serverReady,
    sharedMemory,
    traceSettings,
].flatMap { $0 }

/// A route for the highest version of a model, and the same for a version that the path names.
func modelRoutes(
    _ method: String,
    _ suffix: String,
    _ work: Route.Work = .immediate,
    answer: @escaping @Sendable (Route.Call) throws(ServingError) -> HTTPResponse
) -> [Route] {
    [
        Route(method, "/v2/models/{model}\(suffix)", work, answer: answer),
        Route(method, "/v2/models/{model}/versions/{version}\(suffix)", work, answer: answer),
    ]
}
