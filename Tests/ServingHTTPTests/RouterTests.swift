import ServingCore
import ServingHTTP
import ServingTransport
import Testing

@Suite struct RouterTests {
    private let router: Router

    init() throws { router = try servedModels(["linear", "echo_FP32"]) }

    private static let metadata =
        #"{"name":"mlpack","version":"0.1.0","extensions":["binary_tensor_data","classification","#
        + #""model_configuration","model_repository","statistics"]}"#

    private static let expected =
        #"expected a path of the Open Inference Protocol below `/v2`, or of a dialect such as `/v1/models`"}"#

    private static let requests: [(method: String, target: String, status: HTTPStatus, body: String)] = [
        ("GET", "/v2", .ok, metadata),
        ("HEAD", "/v2", .ok, metadata),
        ("GET", "/v2?x=/y", .ok, metadata),
        ("GET", "/v2/models/line%61r/ready", .ok, #"{"name":"linear","ready":true}"#),
        ("GET", "/v2/models/linear/versions/1/ready", .ok, #"{"name":"linear","ready":true}"#),
        (
            "GET", "/", .notFound,
            #"{"error":"the path `/` is not served, "# + expected
        ),
        (
            "GET", "/v2/", .notFound,
            #"{"error":"the path `/v2/` is not served, "# + expected
        ),
        (
            "GET", "/v2/models//ready", .notFound,
            #"{"error":"the path `/v2/models//ready` is not served, "# + expected
        ),
        (
            "GET", "/v2/models/liner", .notFound,
            #"{"error":"the model `liner` is not served, expected `echo_FP32`, `linear`","#
                + #""hint":"did you mean `linear`?"}"#
        ),
        (
            "POST", "/v2/models/..%2f..%2fetc/infer", .notFound,
            #"{"error":"the model `../../etc` is not served, expected `echo_FP32`, `linear`"}"#
        ),
        (
            "GET", "/v2/models/linear/versions/9", .notFound,
            #"{"error":"model `linear`: version `9` is not served, expected `1`"}"#
        ),
        (
            "GET", "/v2/models/%zz", .badRequest,
            #"{"error":"the path `%zz` is not percent-encoded UTF-8"}"#
        ),
        ("GET", "/v2/models/%ff", .badRequest, #"{"error":"the path `%ff` is not percent-encoded UTF-8"}"#),
        ("GET", "/v2/models/a%00", .badRequest, #"{"error":"the path `a%00` is not percent-encoded UTF-8"}"#),
        ("GET", "/v2/models/a%2", .badRequest, #"{"error":"the path `a%2` is not percent-encoded UTF-8"}"#),
        (
            "POST", "/v2/health/live", .methodNotAllowed,
            #"{"error":"the method is wrong, expected GET or HEAD, got `POST`"}"#
        ),
        (
            "GET", "/v2/models/linear/infer", .methodNotAllowed,
            #"{"error":"the method is wrong, expected POST, got `GET`"}"#
        ),
    ]

    @Test(arguments: requests)
    func `each request has its status and its body`(
        method: String,
        target: String,
        status: HTTPStatus,
        body: String
    ) {
        let response = router.answer(HTTPRequest(method, target))
        #expect(response.status == status)
        #expect(response.text == body)
        #expect(response.header("content-type") == "application/json")
    }

    @Test func `a wrong method is told the right ones`() {
        #expect(router.answer(HTTPRequest("PUT", "/v2")).header("allow") == "GET, HEAD")
        #expect(router.answer(HTTPRequest("PUT", "/v2/models/linear/infer")).header("allow") == "POST")
        #expect(router.answer(HTTPRequest("GET", "/v1/models/linear:predict")).header("allow") == "POST")
        #expect(router.answer(HTTPRequest("POST", "/v1/models/linear")).header("allow") == "GET, HEAD")
    }

    @Test func `a body in another compression is refused, and what would be accepted is named`() {
        for encoding in ["br", "gzip, gzip", "deflate, identity, br"] {
            let request = HTTPRequest("POST", "/v2/models/linear/infer", headers: [("Content-Encoding", encoding)])
            let response = router.answer(request)
            #expect(response.status == .unsupportedMediaType)
            #expect(response.error?.hasSuffix("is not supported, expected gzip or deflate") == true)
            #expect(response.header("accept-encoding") == "gzip, deflate")
        }
    }

    @Test func `a server that drains lives and is not ready`() throws {
        let plane = try dataPlane()
        let router = Router(plane: plane)
        #expect(router.answer(HTTPRequest("GET", "/v2/health/ready")).status == .ok)
        plane.drain()
        #expect(router.answer(HTTPRequest("GET", "/v2/health/live")).status == .ok)
        let response = router.answer(HTTPRequest("GET", "/v2/health/ready"))
        #expect(response.status == .unavailable)
        #expect(response.text == #"{"ready":false,"error":"the server is shutting down"}"#)
    }
}
