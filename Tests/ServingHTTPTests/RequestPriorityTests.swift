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
        (#"{\#(long),"parameters":{"priority":2},\#(long)}"#, 0),
        (#"{"inputs":[]}"#, 0),
        (#"{"parameters":{"priority":-3}}"#, 0),
        (#"{"parameters":{"priority":"3"}}"#, 0),
        (#"{"parameters":{"priority":99999999999999999999999}}"#, 999_999_999_999),
        (#"{"parameters":{"priority":"#, 0),
        (#"{"parameters":{"priority""#, 0),
        ("", 0),
    ]

    @Test(arguments: requests)
    func `the priority is found where clients write it`(json: String, priority expected: Int) {
        #expect(priority(of: HTTPRequest("POST", "/v2/models/m/infer", body: Array(json.utf8))) == expected)
    }

    @Test func `the bytes of tensors are not searched`() {
        let json = #"{"inputs":[]}"#
        for length in ["\(json.utf8.count)", "-1", "x", "99999999999"] {
            let request = HTTPRequest(
                "POST",
                "/v2/models/m/infer",
                headers: [("inference-header-content-length", length)],
                body: Array(json.utf8) + Array(#""priority":3"#.utf8)
            )
            #expect(priority(of: request) == (length == "x" || length.count > 3 ? 3 : 0))
        }
    }
}
