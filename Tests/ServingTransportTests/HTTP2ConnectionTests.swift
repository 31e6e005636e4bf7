import NIOCore
import NIOEmbedded
import ServingTransport
import Testing

/// Answers with what was asked.
private struct EchoService: HTTPService {
    var isDraining = false

    func work(for request: HTTPRequest) -> HTTPWork {
        let head = "\(request.method) \(request.target) \(request.values(of: "host").first ?? "") "
        return .immediate(
            HTTPResponse(status: .ok, body: Array(head.utf8) + request.body, trailers: [("x-end", "1")])
        )
    }

    func response(to refusal: Refusal) -> HTTPResponse {
        HTTPResponse(status: refusal.status, body: Array(refusal.message.utf8))
    }
}

@Suite struct HTTP2ConnectionTests {
    private typealias Client = HTTP2Client

    private static let get = [(":method", "GET"), (":scheme", "http"), (":path", "/a"), (":authority", "h")]
    private static let post = [(":method", "POST"), (":scheme", "http"), (":path", "/b"), (":authority", "h")]

    private func body(_ frames: [Client.Frame]) -> String {
        String(decoding: frames.filter { $0.type == Client.data }.flatMap(\.payload), as: UTF8.self)
    }

    @Test func `a request is answered with a head, a body and trailers`() throws {
        let client = try Client(EchoService())
        try client.start()
        try client.request(1, Self.get)
        let frames = try client.frames()
        #expect(frames.map(\.type) == [Client.headers, Client.data, Client.headers])
        #expect(body(frames) == "GET /a h ")
        #expect(frames.last.map { $0.flags & 1 } == 1)
        #expect(client.isOpen)
    }

    @Test func `the preface may come byte by byte`() throws {
        let client = try Client(EchoService())
        for byte in Client.preface + Client.frame(Client.settings) { try client.send([byte]) }
        try client.request(1, Self.get)
        #expect(body(try client.frames()) == "GET /a h ")
    }

    @Test func `a body in many frames is put together`() throws {
        let client = try Client(EchoService())
        try client.start()
        try client.request(1, Self.post, ends: false)
        for text in ["x", "", "yz"] {
            try client.send(Client.frame(Client.data, stream: 1, Array(text.utf8)))
        }
        try client.send(Client.frame(Client.data, flags: 1, stream: 1))
        #expect(body(try client.frames()) == "POST /b h xyz")
    }

    @Test func `a body that grows too long is refused, and the connection goes on`() throws {
        let client = try Client(EchoService()) { $0.bodyByteCount = 10 }
        try client.start()
        try client.request(1, Self.post, ends: false)
        try client.send(Client.frame(Client.data, stream: 1, [UInt8](repeating: 65, count: 11)))
        #expect(body(try client.frames()) == "the body is too long, expected at most 10 bytes, got 11")
        try client.request(3, Self.get)
        #expect(body(try client.frames()) == "GET /a h ")
    }

    @Test func `fields that grow too long are refused`() throws {
        let client = try Client(EchoService()) { $0.headerByteCount = 1000 }
        try client.start()
        try client.request(1, Self.get + [("x", String(repeating: "y", count: 2000))])
        #expect(body(try client.frames()) == "the headers are too long, expected at most 1000 bytes")
    }

    @Test func `bodies that are too large together are refused`() throws {
        let client = try Client(EchoService()) { $0.bodiesByteCount = 10 }
        try client.start()
        for stream in [1, 3] {
            try client.request(stream, Self.post, ends: false)
            try client.send(Client.frame(Client.data, stream: stream, [UInt8](repeating: 65, count: 6)))
        }
        #expect(try body(client.frames()).hasPrefix("the requests that arrive are too large together"))
        try client.send(Client.frame(Client.reset, stream: 1, [0, 0, 0, 8]))
        try client.request(5, Self.post, ends: false)
        try client.send(Client.frame(Client.data, flags: 1, stream: 5, [UInt8](repeating: 65, count: 10)))
        #expect(body(try client.frames()) == "POST /b h AAAAAAAAAA")
    }

    @Test func `a body that is late is answered so`() throws {
        let client = try Client(EchoService()) { $0.receiveTimeout = .seconds(5) }
        try client.start()
        try client.request(1, Self.post, ends: false)
        client.channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(body(try client.frames()) == "the body is late, expected within 5 s")
    }

    @Test func `a silent connection is closed, before and after its first request`() throws {
        for isStarted in [false, true] {
            let client = try Client(EchoService()) { $0.idleTimeout = .seconds(5) }
            if isStarted {
                try client.start()
                try client.request(1, Self.get)
            }
            client.channel.embeddedEventLoop.advanceTime(by: .seconds(4))
            #expect(client.isOpen)
            client.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            #expect(!client.isOpen)
        }
    }

    /// CVE-2023-44487: requests that are taken back as soon as they are made.
    @Test func `a flood of requests that are taken back closes the connection or is borne`() throws {
        let client = try Client(EchoService())
        try client.start()
        for index in 0..<20_000 where client.isOpen {
            try client.request(2 * index + 1, Self.post, ends: false)
            guard client.isOpen else { break }
            try client.send(Client.frame(Client.reset, stream: 2 * index + 1, [0, 0, 0, 8]))
            _ = try client.frames()
        }
        try expectAnswer(client, stream: 40_001)
    }

    @Test(arguments: [Client.frame(Client.ping, [UInt8](repeating: 0, count: 8)), Client.frame(Client.settings)])
    func `a flood of frames to answer closes the connection or is borne`(frame: [UInt8]) throws {
        let client = try Client(EchoService())
        try client.start()
        for _ in 0..<100_000 where client.isOpen { try client.channel.writeInbound(ByteBuffer(bytes: frame)) }
        try expectAnswer(client, stream: 1)
    }

    /// Holds a connection to answering a good request, unless the flood before it has closed it.
    private func expectAnswer(_ client: Client, stream: Int) throws {
        guard client.isOpen else { return }
        _ = try client.frames()
        try client.request(stream, Self.get)
        #expect(try !client.isOpen || body(client.frames()) == "GET /a h ")
    }

    @Test func `fields without end close the connection`() throws {
        let client = try Client(EchoService())
        try client.start()
        try client.send(Client.frame(Client.headers, stream: 1, Client.block(Self.get)))
        let more = Client.block([("x", String(repeating: "y", count: 900))])
        for _ in 0..<100_000 where client.isOpen {
            try client.channel.writeInbound(ByteBuffer(bytes: Client.frame(Client.continuation, stream: 1, more)))
            _ = try client.frames()
        }
        #expect(!client.isOpen)
    }

    private static let broken: [[UInt8]] = [
        Client.frame(Client.data, stream: 1, [1]),
        Client.frame(Client.headers, flags: 5, stream: 2, Client.block(get)),
        Client.frame(Client.headers, flags: 5, stream: 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        Client.frame(Client.windowUpdate, [0, 0, 0, 0]),
        Client.frame(Client.settings, flags: 1, [1]),
        [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1],
        [UInt8](repeating: 0xFF, count: 1000),
    ]

    @Test(arguments: broken) func `frames that are none close the connection`(bytes: [UInt8]) throws {
        let client = try Client(EchoService())
        try client.start()
        try client.send(bytes)
        #expect(try !client.isOpen || client.frames().contains { $0.type == Client.goAway })
    }

    private static let malformed: [[(String, String)]] = [
        [(":method", "GET"), (":scheme", "http"), (":path", "/a\r\nx: y"), (":authority", "h")],
        [(":method", "GET"), (":scheme", "http"), (":authority", "h")],
        get + [("X-Upper", "y")],
        get + [("connection", "close")],
        get + [("x", "a\0b")],
        [("x", "y")] + get,
    ]

    @Test(arguments: malformed) func `a malformed head is not taken for a request`(fields: [(String, String)]) throws {
        let client = try Client(EchoService())
        try client.start()
        try client.request(1, fields)
        #expect(try !client.frames().contains { $0.type == Client.data })
    }

    @Test func `any bytes behind the preface end in an error or an answer`() throws {
        var generator = SystemRandomNumberGenerator()
        let good =
            Client.frame(Client.settings) + Client.frame(Client.headers, flags: 5, stream: 1, Client.block(Self.get))
        for _ in 0..<2000 {
            let client = try Client(EchoService())
            var bytes = good
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            try? client.send(Client.preface + bytes)
        }
    }
}
