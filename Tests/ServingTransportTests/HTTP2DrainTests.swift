import ServingTransport
import Synchronization
import Testing

/// Answers with a word, and drains when it is told so.
private final class DrainingService: HTTPService {
    private let draining = Atomic(false)

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func drain() { draining.store(true, ordering: .relaxed) }

    func work(for request: HTTPRequest) -> HTTPWork { .immediate(HTTPResponse(status: .ok, body: Array("yes".utf8))) }
    func response(to refusal: Refusal) -> HTTPResponse { HTTPResponse(status: refusal.status) }
}

/// *Source*: RFC 9113, section 6.8.
@Suite struct HTTP2DrainTests {
    private typealias Client = HTTP2Client

    private static let get = [(":method", "GET"), (":scheme", "http"), (":path", "/a"), (":authority", "h")]

    /// The last stream of the only GOAWAY among frames.
    private func lastStream(_ frames: [Client.Frame]) throws -> UInt8 {
        let last = frames.filter { $0.type == Client.goAway }
        #expect(last.count == 1)
        return try #require(last.first?.payload.dropFirst(3).first)
    }

    @Test func `a connection is not closed before it says which request was the last`() throws {
        let service = DrainingService()
        let client = try Client(service)
        try client.start()
        try client.request(1, Self.get)
        #expect(try client.frames().contains { $0.type == Client.data })
        service.drain()
        try client.request(3, Self.get)
        let frames = try client.frames()
        #expect(try lastStream(frames) == 3)
        #expect(frames.contains { $0.type == Client.data && $0.stream == 3 })
        #expect(!client.isOpen)
    }

    @Test func `requests that have begun are answered, and later ones are not`() throws {
        let service = DrainingService()
        let client = try Client(service)
        try client.start()
        try client.request(1, Self.get, ends: false)
        service.drain()
        try client.send(Client.frame(Client.ping, [UInt8](repeating: 0, count: 8)))
        #expect(try lastStream(client.frames()) == 1)
        try client.request(3, Self.get)
        #expect(client.isOpen)
        try client.send(Client.frame(Client.data, flags: 1, stream: 1))
        let frames = try client.frames()
        #expect(frames.contains { $0.type == Client.data && $0.stream == 1 })
        #expect(!frames.contains { $0.stream == 3 || $0.type == Client.goAway })
        #expect(!client.isOpen)
    }
}
