import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// What Azure Machine Learning asks a container for, to show how it is called: in version 2 unless `version` is given.
///
/// *Parameter* routes: what else is served on the port; `/score` is described where it is.
/// *Source*: azureml-inference-server-http 1.5, `GET /swagger.json`.
func azureSwagger(of routes: [Route]) -> Route {
    let scores = routes.contains { $0.path == "/score" }
    return Route("GET", "/swagger.json", group: .metadata) { call in
        let query = call.request.target.drop { $0 != "?" }.dropFirst()
        let version = query.split(separator: "&").first { $0.hasPrefix("version=") }?.dropFirst("version=".count)
        switch version ?? "2" {
        case "2", "2.0": return HTTPResponse(.ok, swagger(scores: scores))
        case "3", "3.0": return HTTPResponse(.ok, openAPI(version: "3.0.3", scores: scores))
        case "3.1": return HTTPResponse(.ok, openAPI(version: "3.1.0", scores: scores))
        case let other:
            return HTTPResponse(.notFound, error: "version `\(other)` is not served, expected 2, 3 or 3.1")
        }
    }
}

/// An operation in the words that both forms have in common.
private struct Operation {
    let method: String
    let path: String
    let id: String
    let summary: String
    let takesBody: Bool
}

private func operations(scores: Bool) -> [Operation] {
    let home = Operation(
        method: "get",
        path: "/",
        id: "home",
        summary: "Whether the server answers.",
        takesBody: false
    )
    let score = Operation(
        method: "post",
        path: "/score",
        id: "score",
        summary: "Computes the outputs of the model.",
        takesBody: true
    )
    return scores ? [home, score] : [home]
}

private let information: JSONValue = ["title": .string(serverName), "version": .string(mlpackVersion)]
private let errorSchema: JSONValue = [
    "type": "object", "required": ["error"], "properties": ["error": ["type": "string"]],
]

/// *Source*: OpenAPI Specification 2.0.
private func swagger(scores: Bool) -> JSONValue {
    var paths = JSONObject()
    for operation in operations(scores: scores) {
        var written: JSONObject = [
            "operationId": .string(operation.id),
            "summary": .string(operation.summary),
            "responses": [
                "200": ["description": "Done.", "schema": ["type": "object"]],
                "default": ["description": "What is wrong.", "schema": ["$ref": "#/definitions/Error"]],
            ],
        ]
        if operation.takesBody {
            written["parameters"] = [
                ["name": "body", "in": "body", "required": true, "schema": ["type": "object"]]
            ]
        }
        paths[operation.path] = .object([operation.method: .object(written)])
    }
    return [
        "swagger": "2.0",
        "info": information,
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": .object(paths),
        "definitions": ["Error": errorSchema],
    ]
}

/// *Source*: OpenAPI Specification 3.0.3, and 3.1.0, which is the same for what is used here.
private func openAPI(version: String, scores: Bool) -> JSONValue {
    func content(_ schema: JSONValue) -> JSONValue { ["application/json": ["schema": schema]] }
    var paths = JSONObject()
    for operation in operations(scores: scores) {
        let error = content(["$ref": "#/components/schemas/Error"])
        var written: JSONObject = [
            "operationId": .string(operation.id),
            "summary": .string(operation.summary),
            "responses": [
                "200": ["description": "Done.", "content": content(["type": "object"])],
                "default": ["description": "What is wrong.", "content": error],
            ],
        ]
        if operation.takesBody {
            written["requestBody"] = ["required": true, "content": content(["type": "object"])]
        }
        paths[operation.path] = .object([operation.method: .object(written)])
    }
    return [
        "openapi": .string(version),
        "info": information,
        "paths": .object(paths),
        "components": ["schemas": ["Error": errorSchema]],
    ]
}
