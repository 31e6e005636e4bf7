import Downloads
import Testing

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(attemptCount: 4, firstDelay: 1, longestDelay: 60)

    private func delay(_ header: String?, attempt: Int = 1) -> Double? {
        var response = HTTPResponse(status: 503)
        if let header { response.headers.append(("retry-after", header)) }
        return policy.delay(afterAttempt: attempt, response, now: 784_111_770)
    }

    @Test func `a server that says when is asked then`() {
        #expect(delay("7") == 7)
        #expect(delay("0") == 0)
        #expect(delay("Sun, 06 Nov 1994 08:49:37 GMT") == 7)
        #expect(delay("Sun, 06 Nov 1994 08:00:00 GMT") == 0)
    }

    @Test func `a server that asks for more than is kept is not asked again`() {
        #expect(delay("61") == nil)
        #expect(delay("9223372036854775807") == nil)
        #expect(delay("Sun, 06 Nov 9999 08:49:37 GMT") == nil)
    }

    @Test(arguments: [nil, "-1", "soon", "99999999999999999999", "Sun, 99 Nov 1994 08:49:37 GMT"])
    func `else each wait is twice the one before, up to the longest`(header: String?) throws {
        for (attempt, middle) in [(1, 1.0), (2, 2), (3, 4), (7, 60), (1000, 60)] {
            let seconds = try #require(delay(header, attempt: attempt))
            #expect((middle * 0.75...middle * 1.25).contains(seconds))
        }
    }

    @Test func `only what may pass is worth another attempt`() {
        for status in [408, 429, 500, 502, 503, 504] {
            #expect(policy.isWorthRepeating(HTTPResponse(status: status)))
        }
        for status in [200, 301, 401, 404, 501] { #expect(!policy.isWorthRepeating(HTTPResponse(status: status))) }
    }
}
