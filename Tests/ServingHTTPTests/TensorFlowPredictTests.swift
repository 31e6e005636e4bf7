import ServingHTTP
import ServingTransport
import Testing

/// *Source*: TensorFlow Serving, RESTful API; KServe, V1 Inference Protocol.
@Suite struct TensorFlowPredictTests {
    private let router: Router

    init() throws { router = try dialectModels(["columns", "image", "table"]) }

    private static let answers: [(model: String, body: String, answer: String)] = [
        (
            "columns", #"{"instances": [[1, 2, 0], [0, 0, 3]]}"#,
            #"{"predictions":[{"label":1,"probabilities":[1.0,2.0]},{"label":1,"probabilities":[0.0,30.0]}]}"#
        ),
        (
            "columns", #"{"signature_name": "serving_default", "instances": [{"X": [3, 2, 0]}]}"#,
            #"{"predictions":[{"label":0,"probabilities":[3.0,2.0]}]}"#
        ),
        (
            "columns", #"{"inputs": [[1, 2, 0], [0, 0, 3]]}"#,
            #"{"outputs":{"label":[1,1],"probabilities":[[1.0,2.0],[0.0,30.0]]}}"#
        ),
        (
            "columns", #"{"inputs": {"X": [[1, 2, 0]]}}"#,
            #"{"outputs":{"label":[1],"probabilities":[[1.0,2.0]]}}"#
        ),
        ("image", #"{"instances": [[[[1], [2]], [[3], [4]]]]}"#, #"{"predictions":[[2.5]]}"#),
        ("image", #"{"inputs": [[[[1], [2]], [[3], [6]]]]}"#, #"{"outputs":[[3.0]]}"#),
        (
            "table",
            #"{"instances": [{"price": 1.5, "city": "Zürich", "count": 2}, {"count": 3, "city": "", "price": 2}]}"#,
            #"{"predictions":[{"total":[3.0],"place":["Zürich"]},{"total":[6.0],"place":[""]}]}"#
        ),
        (
            "table", #"{"instances": [{"price": [0.5], "city": [{"b64": "QmVybg=="}], "count": [4]}]}"#,
            #"{"predictions":[{"total":[2.0],"place":["Bern"]}]}"#
        ),
        (
            "table", #"{"inputs": {"count": [[2], [3.0]], "city": ["a", "b"], "price": [1, "NaN"]}}"#,
            #"{"outputs":{"total":[[2.0],["NaN"]],"place":[["a"],["b"]]}}"#
        ),
    ]

    @Test(arguments: answers)
    func `rows are answered by predictions and tensors by outputs`(model: String, body: String, answer: String) {
        for path in ["/v1/models/\(model):predict", "/v1/models/\(model)/versions/1:predict"] {
            let response = router.post(path, body)
            #expect(response.text == answer)
            #expect(response.status == .ok)
        }
    }

    private static let gets: [(path: String, status: HTTPStatus, body: String)] = [
        ("/v1/models", .ok, #"{"models":["columns","image","table"]}"#),
        (
            "/v1/models/image", .ok,
            #"{"name":"image","ready":true,"model_version_status":[{"version":"1","state":"AVAILABLE","#
                + #""status":{"error_code":"OK","error_message":""}}]}"#
        ),
        (
            "/v1/models/image/versions/2", .notFound,
            #"{"error":"model `image`: version `2` is not served, expected `1`"}"#
        ),
        (
            "/v1/models/image/metadata", .ok,
            #"{"model_spec":{"name":"image","signature_name":"","version":"1"},"metadata":{"signature_def":"#
                + #"{"signature_def":{"serving_default":{"inputs":{"pixels":{"dtype":"DT_FLOAT","tensor_shape":"#
                + #"{"dim":[{"size":"-1","name":""},{"size":"2","name":""},{"size":"2","name":""},{"size":"1","name":""}],"#
                + #""unknown_rank":false},"name":"pixels"}},"outputs":{"mean":{"dtype":"DT_FLOAT","tensor_shape":"#
                + #"{"dim":[{"size":"-1","name":""},{"size":"1","name":""}],"unknown_rank":false},"name":"mean"}},"#
                + #""method_name":"tensorflow/serving/predict"}}}}}"#
        ),
    ]

    @Test(arguments: gets)
    func `models are listed and described`(path: String, status: HTTPStatus, body: String) {
        let response = router.answer(HTTPRequest("GET", path))
        #expect(response.text == body)
        #expect(response.status == status)
    }

    @Test(arguments: ["classify", "explain", "regress"])
    func `what models of ONNX have not is refused by name`(name: String) {
        let response = router.post("/v1/models/image:\(name)", "{}")
        #expect(response.status == .notImplemented)
        #expect(response.error == "`:\(name)` is not supported, expected `:predict`")
    }
}
