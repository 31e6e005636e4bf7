import JSON
import ServingCore
import ServingTransport

/// Loads a model from its files anew, beside the versions that are served until it is ready.
///
/// *Source*: Triton, Model Repository Extension. Models that the request itself brings are refused.
let repositoryModelLoad = [
    Route("POST", "/v2/repository/models/{model}/load", .background, group: .admin) { call throws(ServingError) in
        _ = try RepositoryRequest(call.request)
        try call.plane.models.load(call.parameters["model", default: ""])
        return HTTPResponse(.ok, [:])
    }
]

/// Serves a model no longer.
///
/// *Source*: Triton, Model Repository Extension.
let repositoryModelUnload = [
    Route("POST", "/v2/repository/models/{model}/unload", .background, group: .admin) { call throws(ServingError) in
        _ = try RepositoryRequest(call.request)
        try call.plane.models.unload(call.parameters["model", default: ""])
        return HTTPResponse(.ok, [:])
    }
]
