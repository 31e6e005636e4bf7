import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import Testing

/// *Source*: MLflow, scoring server; Amazon SageMaker, Use Your Own Inference Code with Hosting Services.
@Suite struct MLflowTests {
    private static let json: [(model: String, body: String, answer: String)] = [
        (
            "columns",
            #"{"dataframe_split": {"columns": ["height", "length", "width"], "data": [[0, 1, 2], [3, 0, null]]}}"#,
            #"{"predictions":[{"label":1,"probabilities":[1.0,2.0]},{"label":0,"probabilities":["NaN","NaN"]}]}"#
        ),
        (
            "columns", #"{"dataframe_split": {"index": [7], "data": [[5, 1, 0]]}, "params": {"a": 1}}"#,
            #"{"predictions":[{"label":0,"probabilities":[5.0,1.0]}]}"#
        ),
        (
            "columns", #"{"dataframe_split": {"columns": [0, 1, 2], "data": [[5, 1, 0]]}}"#,
            #"{"predictions":[{"label":0,"probabilities":[5.0,1.0]}]}"#
        ),
        (
            "columns",
            #"{"dataframe_records": [{"width": 2, "length": 1, "height": 0}, {"height": 3, "width": 0, "length": 0}]}"#,
            #"{"predictions":[{"label":1,"probabilities":[1.0,2.0]},{"label":1,"probabilities":[0.0,30.0]}]}"#
        ),
        (
            "columns", #"{"instances": [[5, 1, 0]], "params": null}"#,
            #"{"predictions":[{"label":0,"probabilities":[5.0,1.0]}]}"#
        ),
        ("columns", "[[5, 1, 0]]", #"{"predictions":[{"label":0,"probabilities":[5.0,1.0]}]}"#),
        (
            "columns", #"{"inputs": [[5, 1, 0], [0, 1, 0]]}"#,
            #"{"predictions":{"label":[0,1],"probabilities":[[5.0,1.0],[0.0,1.0]]}}"#
        ),
        (
            "columns", #"{"inputs": {"width": [1, 1], "height": [0, 0], "length": [5, 0]}}"#,
            #"{"predictions":{"label":[0,1],"probabilities":[[5.0,1.0],[0.0,1.0]]}}"#
        ),
        (
            "table",
            #"{"dataframe_split": {"columns": ["city", "count", "price"], "data": [["Bern", 2, 1.5], ["", 0, 1]]}}"#,
            #"{"predictions":[{"total":[3.0],"place":["Bern"]},{"total":[0.0],"place":[""]}]}"#
        ),
        (
            "table", #"{"inputs": {"count": [[2], [3]], "city": [["a"], ["b"]], "price": [1, 0.5]}}"#,
            #"{"predictions":{"total":[[2.0],[1.5]],"place":[["a"],["b"]]}}"#
        ),
        (
            "table", #"{"instances": [[1.5, "Bern", 2]]}"#,
            #"{"predictions":[{"total":[3.0],"place":["Bern"]}]}"#
        ),
    ]

    @Test(arguments: json)
    func `data frames, rows and tensors are read by the names of columns`(
        model: String,
        body: String,
        answer: String
    ) throws {
        let router = try dialectModels([model])
        for type in ["application/json", "Application/JSON; charset=UTF-8"] {
            let response = router.post("/invocations", body, [("content-type", type)])
            #expect(response.text == answer)
            #expect(response.status == .ok)
        }
    }

    private static let csv: [(model: String, type: String, body: String, answer: String)] = [
        ("columns", "text/csv", "length,width,height\n5,1,0\n", "0,5.0,1.0\n"),
        ("columns", "text/csv", "height,length,width\r\n0,5,1\r\n3,0,0\r\n", "0,5.0,1.0\n1,0.0,30.0\n"),
        ("columns", "text/csv", "5,1,0\n0,0,3", "0,5.0,1.0\n1,0.0,30.0\n"),
        ("columns", "text/csv; header=absent", "5,1,0", "0,5.0,1.0\n"),
        ("columns", "text/csv; header=present", "length,width,height\n5,1,", "0,NaN,NaN\n"),
        ("table", "text/csv", "city,price,count\n\"a, \"\"b\"\"\",1.5,2.0\n", "3.0,\"a, \"\"b\"\"\"\n"),
        ("table", "text/csv; charset=utf-8", "1.5,Zürich,2\n", "3.0,Zürich\n"),
    ]

    @Test(arguments: csv)
    func `CSV is read with and without a header, and written`(
        model: String,
        type: String,
        body: String,
        answer: String
    ) throws {
        let router = try dialectModels([model])
        let response = router.post("/invocations", body, [("content-type", type), ("accept", "text/csv")])
        #expect(response.text == answer)
        #expect(response.header("content-type") == "text/csv")
    }

    @Test(arguments: [
        (["application/json, text/csv"], "application/json"), (["*/*"], "application/json"),
        (["text/html", "Text/CSV; q=1"], "text/csv"), ([], "application/json"),
    ])
    func `the answer has the form that the client names first`(accept: [String], type: String) throws {
        let headers = accept.map { (name: "accept", value: $0) }
        let response = try dialectModels(["columns"]).post("/invocations", "[[5, 1, 0]]", headers)
        #expect(response.header("content-type") == type)
    }

    @Test func `health and version are told`() throws {
        let router = try dialectModels(["columns"])
        for path in ["/health", "/ping"] {
            #expect(router.answer(HTTPRequest("GET", path)).text == #"{"ready":true}"#)
        }
        #expect(router.answer(HTTPRequest("GET", "/version")).header("content-type") == "text/plain")
        let draining = try dataPlane()
        draining.drain()
        let response = Router(plane: draining).answer(HTTPRequest("GET", "/ping"))
        #expect(response.status == .unavailable)
        #expect(response.error == "the server is shutting down, or a model is not loaded")
    }

    @Test func `a header names the model where there are several`() throws {
        let router = try dialectModels(["columns", "image"])
        let response = router.post("/invocations", "[[5, 1, 0]]")
        #expect(response.status == .badRequest)
        let words = "2 models are served, expected the header `x-amzn-sagemaker-target-model` to name one of "
        #expect(response.error == words + "`columns`, `image`")
        let named = [(name: "X-Amzn-SageMaker-Target-Model", value: "columns")]
        #expect(router.post("/invocations", "[[5, 1, 0]]", named).status == .ok)
        let other = [(name: "X-Amzn-SageMaker-Target-Model", value: "../etc")]
        #expect(router.post("/invocations", "[[5, 1, 0]]", other).status == .notFound)
        #expect(Router(plane: try dataPlane()).post("/invocations", "[]").error == "no model is served")
    }

    @Test func `errors have the code and the message that clients of MLflow read`() throws {
        let response = try dialectModels(["columns"])
            .post("/invocations", #"{"dataframe_split": {"columns": ["lengt"], "data": [[1]]}}"#)
        let body = try JSONValue.parse(response.body)
        #expect(body["error_code"] == "BAD_REQUEST")
        #expect(body["message"]?.string?.hasSuffix("(did you mean `length`?)") == true)
        #expect(response.status == .badRequest)
    }

    @Test(arguments: [
        "application/x-npy", "application/parquet", "text/csv; header=maybe", "application/json; charset=latin1", ";",
    ])
    func `other content types are refused`(type: String) throws {
        let response = try dialectModels(["columns"]).post("/invocations", "[]", [("content-type", type)])
        #expect(response.status == .unsupportedMediaType)
        #expect(response.header("accept-encoding") == nil)
    }
}
