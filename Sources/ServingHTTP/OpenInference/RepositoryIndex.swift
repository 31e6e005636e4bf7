import JSON
import ServingCore
import ServingTransport

/// Every version of every model, with what keeps those that are not ready from it.
///
/// *Source*: Triton, Model Repository Extension.
let repositoryIndex = [
    Route("POST", "/v2/repository/index", group: .metadata) { call throws(ServingError) in
        let body = try RepositoryRequest(call.request)
        let entries = call.plane.models.entries.filter { $0.isReady || !body.wantsReadyOnly }
        return HTTPResponse(
            .ok,
            .array(
                entries.map { entry in
                    [
                        "name": .string(entry.name),
                        "version": .string(entry.version),
                        "state": entry.isReady ? "READY" : "UNAVAILABLE",
                        "reason": .string(entry.reason),
                    ]
                }
            )
        )
    }
]
