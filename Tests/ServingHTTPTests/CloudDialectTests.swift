import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport
import Testing

@Suite struct CloudDialectTests {
    /// *Source*: Azure Machine Learning, Deploy MLflow models to online endpoints; Consume a web service.
    @Test(arguments: [
        (
            #"{"input_data": {"columns": ["width", "length", "height"], "index": [0], "data": [[1, 5, 0]]}}"#,
            #"[{"label":0,"probabilities":[5.0,1.0]}]"#
        ),
        (#"{"input_data": [[5, 1, 0]], "params": {}}"#, #"[{"label":0,"probabilities":[5.0,1.0]}]"#),
        (
            #"{"input_data": {"length": [5], "width": [1], "height": [0]}}"#,
            #"{"label":[0],"probabilities":[[5.0,1.0]]}"#
        ),
        (#"{"data": [[5, 1, 0]]}"#, #"{"result":[{"label":0,"probabilities":[5.0,1.0]}]}"#),
        (
            #"{"Inputs": {"data": [{"length": 5, "width": 1, "height": 0}]}, "GlobalParameters": {"method": "predict"}}"#,
            #"{"Results":[{"label":0,"probabilities":[5.0,1.0]}]}"#
        ),
        (#"{"Inputs": [[5, 1, 0]]}"#, #"{"Results":[{"label":0,"probabilities":[5.0,1.0]}]}"#),
    ])
    func `Azure is answered in the form of its question`(body: String, answer: String) throws {
        #expect(try dialectModels(["columns"]).post("/score", body).text == answer)
    }

    @Test func `Azure has one input and says so`() throws {
        let router = try dialectModels(["columns"])
        let several = router.post("/score", #"{"Inputs": {"a": [[1, 2, 3]], "b": []}}"#)
        #expect(several.error == "line 1:36: `Inputs` has another input `b`, expected one")
        let none = router.post("/score", #"{"Inputs": {}}"#)
        #expect(none.error == "line 1:14: `Inputs` is empty, expected one input")
    }

    /// *Source*: Vertex AI, Custom container requirements for prediction.
    @Test func `Vertex has the paths that it gives`() throws {
        let place = "/v1/endpoints/1/deployedModels/{2}"
        let router = try dialectModels(["columns"], vertex: VertexPaths(health: place, predict: "\(place):predict"))
        #expect(router.answer(HTTPRequest("GET", place)).text == #"{"ready":true}"#)
        let response = router.post("\(place):predict", #"{"instances": [[5, 1, 0]], "parameters": {"a": [1]}}"#)
        #expect(response.text == #"{"predictions":[{"label":0,"probabilities":[5.0,1.0]}]}"#)
        #expect(router.post("/v1/endpoints/1/deployedModels/3:predict", "{}").status == .notFound)
        #expect(router.post("\(place):predict", "{}").error?.contains("expected one of `instances`") == true)
    }

    @Test func `paths that there are already stay as they are`() {
        let paths = VertexPaths(health: "/ping", predict: "/score")
        #expect(httpRoutes(vertex: paths).count == httpRoutes().count)
        #expect(httpRoutes(vertex: VertexPaths(predict: "/predict")).count == httpRoutes().count + 1)
    }

    /// *Source*: KServe, V1 Inference Protocol, Server Live.
    @Test func `a program is told at the root that the server lives`() throws {
        let response = try pageRouter(["linear"]).answer(HTTPRequest("GET", "/", headers: [("accept", "*/*")]))
        #expect(try JSONValue.parse(response.body)["status"] == "alive")
    }

    @Test func `Azure is told of scoring where it is served`() throws {
        let routes = httpRoutes()
        let plane = DataPlane(try ModelCatalog(paths: [servedModelPath("linear")]))
        let router = Router(routes + pageRoutes(describing: routes), plane: plane)
        let document = try JSONValue.parse(router.answer(HTTPRequest("GET", "/swagger.json")).body)
        #expect(document["paths"]?["/score"]?["post"] != nil)
    }
}
