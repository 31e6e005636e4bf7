import Foundation
import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport
import Testing

@Suite struct RepositoryTests {
    private let folder: TemporaryFolder
    private let plane: DataPlane
    private let router: Router

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("m/1"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: servedModelPath("linear"), toPath: folder.file("m/1/model.onnx"))
        plane = DataPlane(try ModelCatalog(paths: [folder.path], control: .explicit))
        router = Router([Route](openInferenceRoutes), plane: plane)
    }

    private func post(_ path: String, _ body: String = "") -> HTTPResponse {
        router.answer(HTTPRequest("POST", "/v2/" + path, body: Array(body.utf8)))
    }

    private func index(_ body: String = "") throws -> JSONValue {
        try JSONValue.parse(post("repository/index", body).body)
    }

    @Test func `a model is loaded anew with the versions that its folder has by then`() throws {
        #expect(try index() == [["name": "m", "version": "1", "state": "READY", "reason": ""]])
        try FileManager.default.createDirectory(atPath: folder.file("m/2"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: servedModelPath("echo_FP32"), toPath: folder.file("m/2/model.onnx"))
        #expect(try plane.repository.model("m").version == "1")
        #expect(post("repository/models/m/load", "{}").status == .ok)
        #expect(try plane.repository.model("m").version == "2")
        #expect(try plane.repository.model("m", version: "1").inputs.map(\.name) == ["X"])
    }

    @Test func `a model that is unloaded is told so and can come back`() throws {
        #expect(post("repository/models/m/unload", #"{"parameters":{"unload_dependents":false}}"#).status == .ok)
        #expect(post("models/m/infer", "{}").status == .notFound)
        #expect(try index() == [["name": "m", "version": "1", "state": "UNAVAILABLE", "reason": "unloaded"]])
        #expect(try index(#"{"ready":true}"#) == [])
        #expect(router.answer(HTTPRequest("GET", "/v2/health/ready")).status == .ok)
        #expect(post("repository/models/m/unload").status == .notFound)
        #expect(post("repository/models/m/load").status == .ok)
        #expect(try index(#"{"ready":true}"#).array?.count == 1)
    }

    @Test func `a version that cannot be replaced is served on, and the index says why`() throws {
        try Data([0xFF]).write(to: URL(fileURLWithPath: folder.file("m/1/model.onnx")))
        let response = post("repository/models/m/load")
        #expect(response.status == .internalError)
        #expect(response.error?.contains("m/1/model.onnx") == true)
        #expect(try plane.repository.model("m").version == "1")
        #expect(router.answer(HTTPRequest("GET", "/v2/health/ready")).status == .ok)
        let entry = try index().array?.first
        #expect(entry?["state"] == "READY")
        #expect(entry?["reason"]?.string?.hasPrefix("not replaced: ") == true)
    }

    @Test(arguments: [
        "[]", "{", #"{"ready":1}"#, #"{"parameters":{"config":"{}"}}"#, #"{"parameters":{"file:1/m":"AA=="}}"#,
    ])
    func `other bodies are refused`(body: String) {
        for path in ["index", "models/m/load", "models/m/unload"] {
            #expect(post("repository/\(path)", body).status == .badRequest, "\(path)")
        }
    }

    @Test(arguments: ["..%2fm", "m%2f..", "%2fetc%2fpasswd", "m%00", "nope"])
    func `names that are no model's are refused`(name: String) {
        #expect([.notFound, .badRequest].contains(post("repository/models/\(name)/load").status))
    }

    @Test func `nothing is loaded where that is not allowed`() throws {
        let router = Router(plane: try dataPlane(["linear"]))
        for verb in ["load", "unload"] {
            let response = router.answer(HTTPRequest("POST", "/v2/repository/models/linear/\(verb)"))
            #expect(response.status == .badRequest)
            #expect(response.error == "models are not loaded and unloaded by request here")
        }
    }
}
