import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// The regions of memory that are shared with clients: none, and none can be.
///
/// *Source*: Triton, Shared-Memory Extension.
let sharedMemory = ["systemsharedmemory", "cudasharedmemory"].flatMap { kind in
    [
        Route("GET", "/v2/\(kind)/status", group: .metadata) { _ in HTTPResponse(.ok, []) },
        Route("POST", "/v2/\(kind)/region/{region}/register", group: .admin) { _ throws(ServingError) in
            throw ServingError(.unsupported, "memory is not shared with clients, expected tensors in the request")
        },
        Route("POST", "/v2/\(kind)/unregister", group: .admin) { _ in HTTPResponse(.ok, [:]) },
    ]
}
