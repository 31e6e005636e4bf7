import ServingHTTP
import ServingTransport
import Testing

@Suite struct RequestPriorityTests {
    private static let long = #""x":[\#(String(repeating: "0,", count: 10_000))0]"#

    private static let requests: [(json: String, priority: Int)] = [
        (#"{"parameters":{"priority":3},"inputs":[]}"#, 3),
        (#"{"inputs":[],"parameters":{"timeout":1, "priority" : 12 }}"#, 12),
        (#"{"parameters":{"priority":2},\#(long)}"#, 2),
        (#"{\#(long),"parameters":{"priority":2}}"#, 2),
        (#"{"y":"\"priority\":7","parameters":{"priority":2}}"#, 2),
        (#"{"outputs":[{"parameters":{"priority":2}}]}"#, 0),
        (#"{"x":"\#(String(repeating: "x", count: priorityByteLimit))","parameters":{"priority":2}}"#, 0),
        (#"{"inputs":[]}"#, 0),
        (#"{"parameters":{"priority":-3}}"#, 0),
        (#"{"parameters":{"priority":"3"}}"#, 0),
        (#"{"parameters":{"priority":99999999999999999999999}}"#, 0),
        (#"{"parameters":{"priority":"#, 0),
        (#"{"parameters":{"priority""#, 0),
        ("", 0),
    ]

    @Test(arguments: requests)
    func `the priority is found where clients write it`(json: String, priority expected: Int) {
        #expect(priority(of: HTTPRequest("POST", "/v2/models/m/infer", body: Array(json.utf8))) == expected)
    }

    @Test func `the bytes of tensors are not searched, and no compressed body`() {
        let json = #"{"parameters":{"priority":3}}"#
        let headers = [("\(json.utf8.count)", 3), ("-1", 0), ("x", 0), ("99999999999", 0)]
        for (length, expected) in headers {
            var request = HTTPRequest(
                "POST",
                "/v2/models/m/infer",
                headers: [("inference-header-content-length", length)],
                body: Array(json.utf8) + [0, 1, 2, 3]
            )
            #expect(priority(of: request) == expected, "\(length)")
            request.headers.append(("content-encoding", "gzip"))
            #expect(priority(of: request) == 0)
        }
    }
}
