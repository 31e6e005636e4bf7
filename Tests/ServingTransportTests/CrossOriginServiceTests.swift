import ServingTransport
import Testing

/// Answers everything, early where a request has the header `early`.
private struct AnyService: HTTPService {
    var isDraining = false
    var judgesHeads = true

    func earlyResponse(to head: HTTPRequest) -> HTTPResponse? {
        head.values(of: "early").isEmpty ? nil : HTTPResponse(status: .unauthorized)
    }

    func work(for request: HTTPRequest) -> HTTPWork { .queued(QueuedWork { _ in HTTPResponse(status: .ok) }) }
    func response(to refusal: Refusal) -> HTTPResponse { HTTPResponse(status: refusal.status) }
}

@Suite struct CrossOriginServiceTests {
    private func answer(
        _ method: String,
        _ headers: [(name: String, value: String)],
        origins: [String] = ["https://a.example", "http://localhost:3000"]
    ) -> [String: String] {
        let service = CrossOriginService(AnyService(), origins: origins)
        let request = HTTPRequest(method, "/", headers: headers)
        var response = service.earlyResponse(to: request)
        if response == nil {
            switch service.work(for: request) {
            case .immediate(let answer): response = answer
            case .queued(let work): response = work.answer(WorkContext())
            case .background(let work): response = work()
            }
        }
        return Dictionary((response?.headers ?? []).map { ($0.name, $0.value) }) { "\($0), \($1)" }
    }

    private static let exposed = "inference-header-content-length, retry-after, www-authenticate, x-request-id"

    @Test func `a page of an origin that may reads answers, refusals too`() {
        let expected = [
            "access-control-allow-origin": "https://a.example", "access-control-expose-headers": Self.exposed,
            "vary": "origin",
        ]
        #expect(answer("POST", [("Origin", "https://a.example")]) == expected)
        #expect(answer("POST", [("origin", "https://a.example"), ("early", "1")]) == expected)
    }

    private static let strange = [
        "https://b.example", "https://a.example.evil", "https://a.example:444", "http://a.example", "null", "",
        "https://A.example",
    ]

    @Test(arguments: strange) func `another origin is told nothing`(origin: String) {
        #expect(answer("POST", [("origin", origin)]) == ["vary": "origin"])
        let preflight = [("origin", origin), ("access-control-request-method", "POST")]
        #expect(answer("OPTIONS", preflight) == ["vary": "origin"])
        #expect(answer("OPTIONS", preflight + [("early", "1")]) == ["vary": "origin"])
    }

    @Test func `without an origin nothing is allowed, but for all`() {
        #expect(answer("GET", []) == ["vary": "origin"])
        #expect(answer("GET", [], origins: ["*"]).isEmpty)
        #expect(answer("GET", [("origin", "null")], origins: ["*"])["access-control-allow-origin"] == "*")
    }

    @Test func `what browsers ask first needs no key, and says what may be sent`() {
        let asked = [
            ("origin", "http://localhost:3000"), ("access-control-request-method", "POST"), ("early", "1"),
            ("access-control-request-headers", "authorization, content-type"),
        ]
        let expected = [
            "access-control-allow-headers": "authorization, content-type",
            "access-control-allow-methods": "GET, HEAD, POST", "access-control-allow-origin": "http://localhost:3000",
            "access-control-expose-headers": Self.exposed, "access-control-max-age": "600", "vary": "origin",
        ]
        #expect(answer("OPTIONS", asked) == expected)
        let broken = [("access-control-request-headers", "a\u{1}b")]
        #expect(answer("OPTIONS", asked.dropLast() + broken)["access-control-allow-headers"] == nil)
        // A request of its own, which is no question of a browser.
        #expect(answer("OPTIONS", [asked[0], asked[2]])["access-control-allow-methods"] == nil)
    }
}
