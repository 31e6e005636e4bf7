import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// The body of a request to the repository, which may be empty.
struct RepositoryRequest {
    /// Whether only the models that are ready are asked for.
    private(set) var wantsReadyOnly = false

    init(_ request: HTTPRequest) throws(ServingError) {
        guard !request.body.isEmpty else { return }
        do throws(JSONError) {
            var cursor = try JSONCursor(request.body, limits: JSONLimits(depth: 32))
            try read(&cursor)
            try cursor.finish()
        } catch {
            throw ServingError(.request, at: error.place, error.message)
        }
    }

    private mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch key {
            case "ready":
                guard let value = try cursor.readValue().bool else {
                    throw cursor.error(.type, "`ready` has another type, expected a boolean")
                }
                wantsReadyOnly = value
            case "parameters":
                try cursor.enterObject()
                while let name = try cursor.nextKey() {
                    guard name != "config", !name.hasPrefix("file:") else {
                        throw cursor.error(
                            .type,
                            "the parameter `\(name)` is not supported, expected models and settings in files"
                        )
                    }
                    try cursor.skip()
                }
            default: try cursor.skip()
            }
        }
    }
}
