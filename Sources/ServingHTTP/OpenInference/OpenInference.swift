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

/// Health alone, for a port that is plain where the others ask for certificates.
package let healthRoutes = serverLive + serverReady

/// A route for the highest version of a model, and the same for a version that the path names.
func modelRoutes(
    _ method: String,
    _ suffix: String,
    _ work: Route.Work = .immediate,
    group: CallGroup = .admin,
    answer: @escaping @Sendable (Route.Call) throws(ServingError) -> HTTPResponse
) -> [Route] {
    [
        Route(method, "/v2/models/{model}\(suffix)", work, group: group, answer: answer),
        Route(method, "/v2/models/{model}/versions/{version}\(suffix)", work, group: group, answer: answer),
    ]
}
