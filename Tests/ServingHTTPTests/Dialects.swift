import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport

/// A router over models of the fixtures of this target: `columns`, `image` and `table`.
func dialectModels(_ names: [String], vertex: VertexPaths = VertexPaths()) throws -> Router {
    let paths = names.map { repositoryRoot + "/Tests/ServingHTTPTests/Fixtures/models/\($0).onnx" }
    return Router(httpRoutes(vertex: vertex), plane: DataPlane(try ModelCatalog(paths: paths)))
}

extension Router {
    /// The answer to a request with a body of text.
    func post(_ path: String, _ body: String, _ headers: [(name: String, value: String)] = []) -> HTTPResponse {
        answer(HTTPRequest("POST", path, headers: headers, body: Array(body.utf8)))
    }
}
