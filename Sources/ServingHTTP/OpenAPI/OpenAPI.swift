import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// The document of what is served, made from the models that are loaded.
///
/// *Parameter* routes: what else is served on the port; paths of the protocol that are not among them are left out.
/// *Source*: OpenAPI Specification 3.1.0.
func openAPI(of routes: [Route]) -> Route {
    let served = Set(routes.map(\.path))
    // Of many models it is long, and the thread of a connection has others to answer.
    return Route("GET", "/openapi.json", .background, group: .metadata) { call throws(ServingError) in
        let document = try openAPIDocument(call.plane) { served.contains($0) }
        return encoded(HTTPResponse(.ok, document), for: call.request)
    }
}

/// What the protocol's own document, schemas/open-inference.yaml, says of every path, without its examples.
private let protocolDocument = (try? JSONValue.parse(PackageResources.open_inference_json)) ?? .null

private func openAPIDocument(_ plane: DataPlane, isServed: (String) -> Bool) throws(ServingError) -> JSONValue {
    let repository = plane.repository
    let names = repository.names
    let templates = protocolDocument["paths"]?.object ?? [:]
    var paths = JSONObject()
    for model in try repository.models() where repository.versions(of: model.name).last == model.version {
        ModelOperations(model).write(to: &paths, templates: templates)
    }
    for model in try repository.models() where repository.versions(of: model.name).count > 1 {
        ModelOperations(model, version: model.version).write(to: &paths, templates: templates)
    }
    let changesModels = plane.models.control == .explicit
    for path in templates.members where isServed(path.key) {
        let isChange = path.key.hasPrefix("/v2/repository/models/")
        if changesModels || !isChange { paths[path.key] = path.value }
    }
    return [
        "openapi": "3.1.0",
        "info": [
            "title": .string("\(serverName): \(names.prefix(20).joined(separator: ", "))"),
            "version": .string(mlpackVersion),
            "description": protocolDocument["info"]?["description"] ?? "",
        ],
        "paths": .object(paths),
        "components": components(modelNames: names),
    ]
}

/// The components of the protocol's document, with the names of the models that there are.
private func components(modelNames: [String]) -> JSONValue {
    guard var components = protocolDocument["components"]?.object else { return [:] }
    if var parameters = components["parameters"]?.object, var model = parameters["model"]?.object {
        var schema: JSONObject = ["type": "string"]
        if !modelNames.isEmpty { schema["enum"] = .array(modelNames.map { .string($0) }) }
        model["schema"] = .object(schema)
        parameters["model"] = .object(model)
        components["parameters"] = .object(parameters)
    }
    return .object(components)
}
