import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import Testing

@Suite struct StatisticsTests {
    private let plane: DataPlane
    private let router: Router

    init() throws {
        plane = try dataPlane(["linear", "echo_FP32"])
        router = Router(plane: plane)
    }

    private func infer(rows: Int, parameters: String = "{}", output: String = "{}") -> HTTPResponse {
        let data = [String](repeating: "1", count: rows * 4).joined(separator: ",")
        let body =
            "{\"parameters\":\(parameters),\"inputs\":[{\"name\":\"X\",\"shape\":[\(rows),4],\"datatype\":\"FP32\","
            + "\"data\":[\(data)]}],\"outputs\":[{\"name\":\"Y\",\"parameters\":\(output)}]}"
        return router.answer(HTTPRequest("POST", "/v2/models/linear/infer", body: Array(body.utf8)))
    }

    private func statistics(_ path: String) throws -> [JSONValue] {
        let response = router.answer(HTTPRequest("GET", "/v2/models" + path))
        return try #require(try JSONValue.parse(response.body)["model_stats"]?.array)
    }

    @Test func `requests, rows and failures are counted`() throws {
        for rows in [1, 3, 3] { #expect(infer(rows: rows).status == .ok) }
        _ = router.answer(HTTPRequest("POST", "/v2/models/linear/infer"))
        let counted = try #require(try statistics("/linear/stats").first)
        #expect(counted["inference_count"] == 7)
        #expect(counted["execution_count"] == 3)
        #expect(counted["inference_stats"]?["success"]?["count"] == 3)
        #expect(counted["inference_stats"]?["fail"]?["count"] == 1)
        #expect(counted["batch_stats"]?.array?.compactMap { $0["batch_size"]?.number?.int } == [1, 3])
        #expect(try statistics("/stats").count == 2)
        #expect(try statistics("/linear/versions/1/stats").count == 1)
    }

    @Test func `metrics have the same counts`() throws {
        for rows in [1, 3] { _ = infer(rows: rows) }
        let text = Router(metricsRoutes(), plane: plane).answer(HTTPRequest("GET", "/metrics")).text
        for line in [
            #"nv_inference_request_success{model="linear",version="1"} 2"#,
            #"nv_inference_count{model="linear",version="1"} 4"#,
            #"nv_inference_request_failure{model="echo_FP32",version="1"} 0"#,
            #"mlpack_inference_request_duration_seconds_count{model="linear",version="1"} 2"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test func `the highest values of an output stand for it`() throws {
        let outputs = try JSONValue.parse(infer(rows: 2, output: #"{"classification":2}"#).body)["outputs"]?.array
        // Y is 2.8, 4.2, 5.6 … for ones: 1 + 0 + 0.3 + 0.6 + 0.9, and so on.
        let row: [JSONValue] = ["5.600000:2", "4.200000:1"]
        #expect(outputs?.first == ["name": "Y", "datatype": "BYTES", "shape": [2, 2], "data": .array(row + row)])
        #expect(
            try JSONValue.parse(infer(rows: 1, output: #"{"classification":9}"#).body)["outputs"]?.array?.first?[
                "shape"
            ] == [
                1, 3,
            ]
        )
        #expect(infer(rows: 1, output: #"{"classification":-1}"#).status == .badRequest)
        #expect(infer(rows: 1, output: #"{"classification":"2"}"#).status == .badRequest)
    }

    @Test(arguments: [
        (#"{"timeout":1}"#, HTTPStatus.deadlineExceeded), (#"{"timeout":-1}"#, .badRequest),
        (#"{"timeout":1e300}"#, .badRequest), (#"{"timeout":"1"}"#, .badRequest), (#"{"timeout":0}"#, .ok),
    ])
    func `a request has the time that it gives itself`(parameters: String, status: HTTPStatus) {
        guard case .queued(let work) = router.work(for: timed(parameters)) else {
            Issue.record("inference is queued")
            return
        }
        #expect(work.answer(waited(1_000_000)).status == status)
    }

    private func waited(_ nanoseconds: Int) -> WorkContext {
        var context = WorkContext()
        context.waited = nanoseconds
        return context
    }

    private func timed(_ parameters: String) -> HTTPRequest {
        let body =
            "{\"parameters\":\(parameters),\"inputs\":"
            + #"[{"name":"X","shape":[1,4],"datatype":"FP32","data":[1,0,0,0]}]}"#
        return HTTPRequest("POST", "/v2/models/linear/infer", body: Array(body.utf8))
    }

    @Test func `settings stay as they are`() {
        for (path, body) in [("logging", #"{"log_verbose_level":1}"#), ("trace/setting", #"{"trace_level":["MAX"]}"#)] {
            let changed = router.answer(HTTPRequest("POST", "/v2/\(path)", body: Array(body.utf8)))
            #expect(changed.status == .notImplemented)
            #expect(router.answer(HTTPRequest("POST", "/v2/\(path)")).status == .ok)
            #expect(router.answer(HTTPRequest("POST", "/v2/\(path)", body: [0x5B])).status == .badRequest)
        }
    }
}
