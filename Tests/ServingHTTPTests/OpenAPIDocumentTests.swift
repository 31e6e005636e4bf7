import Foundation
import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport
import Testing

@Suite struct OpenAPIDocumentTests {
    private static let models = [
        "linear", "echo_BOOL", "echo_INT8", "echo_UINT64", "echo_FP16", "echo_FP32", "echo_FP64", "echo_BYTES",
    ]

    private func document(_ router: Router) throws -> JSONValue {
        try JSONValue.parse(router.answer(HTTPRequest("GET", "/openapi.json")).body)
    }

    @Test func `a model has paths of its own, with its names, types and shapes`() throws {
        let document = try document(try pageRouter(["linear"]))
        #expect(document["openapi"] == "3.1.0")
        let paths = try #require(document["paths"]?.object)
        for suffix in ["", "/infer", "/ready", "/stats"] { #expect(paths["/v2/models/linear\(suffix)"] != nil) }
        #expect(paths["/v2/models/linear/versions/1/infer"] == nil)
        let operation = paths["/v2/models/linear/infer"]?["post"]
        #expect(operation?["operationId"] == "modelInfer_linear")
        #expect(operation?["x-model"] == "linear")
        let schema = operation?["requestBody"]?["content"]?["application/json"]?["schema"]
        let input = schema?["properties"]?["inputs"]?["items"]?["properties"]
        #expect(input?["name"] == ["const": "X"])
        #expect(input?["datatype"] == ["const": "FP32"])
        let varying: JSONValue = ["type": "integer", "minimum": 0]
        #expect(
            input?["shape"]
                == ["type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [varying, ["const": 4]]]
        )
        let float: JSONValue = ["$ref": "#/components/schemas/Float"]
        let row: JSONValue = ["type": "array", "items": float, "minItems": 4, "maxItems": 4]
        #expect(
            input?["data"] == ["anyOf": [["type": "array", "items": row], ["type": "array", "items": float]]]
        )
        #expect(document["components"]?["parameters"]?["model"]?["schema"]?["enum"] == ["linear"])
    }

    @Test func `an example is answered as it stands`() throws {
        let router = try pageRouter(Self.models)
        var answered: Set<String> = []
        for (path, operations) in try #require(document(router)["paths"]?.object).members.map({ ($0.key, $0.value) }) {
            let content = operations["post"]?["requestBody"]?["content"]
            guard let example = content?["application/json"]?["example"] else { continue }
            let response = router.answer(HTTPRequest("POST", path, body: example.serialized()))
            #expect(response.status == .ok, "\(path): \(response.text)")
            answered.insert(path)
        }
        let wanted = Self.models.filter { $0 != "echo_FP16" }.map { "/v2/models/\($0)/infer" }
        #expect(answered == Set(wanted))
    }

    @Test func `elements without a form in JSON are described as bytes`() throws {
        let paths = try document(try pageRouter(["echo_FP16"]))["paths"]
        let content = paths?["/v2/models/echo_FP16/infer"]?["post"]?["requestBody"]?["content"]
        #expect(content?.object?.keys == ["application/octet-stream"])
    }

    @Test(arguments: ModelCatalog.Control.allCases)
    func `loading is described where clients may load`(control: ModelCatalog.Control) throws {
        let paths = try document(try pageRouter(["linear"], control: control))["paths"]?.object
        #expect((paths?["/v2/repository/models/{model}/load"] != nil) == (control == .explicit))
        #expect(paths?["/v2/repository/index"] != nil)
    }

    @Test func `a name that is markup stands in paths as it is sent`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/<img src=x onerror=é>.onnx"
        try FileManager.default.copyItem(atPath: servedModelPath("linear"), toPath: path)
        let plane = DataPlane(try ModelCatalog(paths: [path]))
        let router = Router(openInferenceRoutes + pageRoutes(describing: openInferenceRoutes), plane: plane)
        let infer = "/v2/models/%3Cimg%20src%3Dx%20onerror%3D%C3%A9%3E/infer"
        let operation = try document(router)["paths"]?[infer]?["post"]
        #expect(operation?["x-model"] == "<img src=x onerror=é>")
        let example = operation?["requestBody"]?["content"]?["application/json"]?["example"]
        let body = try #require(example).serialized()
        #expect(router.answer(HTTPRequest("POST", infer, body: body)).status == .ok)
    }

    @Test func `a model without its own version has those of all its versions`() throws {
        let folder = try TemporaryFolder()
        for version in ["1", "2"] {
            let place = "\(folder.path)/linear/\(version)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: servedModelPath("linear"), toPath: place + "/model.onnx")
        }
        let plane = DataPlane(try ModelCatalog(paths: [folder.path]))
        let router = Router(openInferenceRoutes + pageRoutes(describing: openInferenceRoutes), plane: plane)
        let paths = try #require(document(router)["paths"]?.object)
        for path in ["", "/versions/1", "/versions/2"] {
            #expect(paths["/v2/models/linear\(path)/infer"]?["post"]?["x-model"] == "linear")
        }
    }

    @Test(arguments: [
        ("", "swagger", "2.0"), ("?version=3", "openapi", "3.0.3"), ("?a=b&version=3.1", "openapi", "3.1.0"),
    ])
    func `Azure is told what it asks for`(query: String, key: String, version: String) throws {
        let router = try pageRouter(["linear"])
        let document = try JSONValue.parse(router.answer(HTTPRequest("GET", "/swagger.json\(query)")).body)
        #expect(document[key]?.string == version)
        #expect(document["paths"]?["/"]?["get"] != nil)
        let other = router.answer(HTTPRequest("GET", "/swagger.json?version=4"))
        #expect(other.status == .notFound)
        #expect(other.error == "version `4` is not served, expected 2, 3 or 3.1")
    }
}
