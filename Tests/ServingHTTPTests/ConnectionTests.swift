import NIOCore
import NIOEmbedded
import ServingCore
import ServingHTTP
import ServingTransport
import Testing

/// A connection without a network, whose clock stands until it is moved.
private final class EmbeddedConnection {
    let channel = EmbeddedChannel()
    let plane: DataPlane
    private let resources: ServerResources

    init(_ change: (inout ServerLimits) -> Void = { _ in }) throws {
        var limits = ServerLimits()
        change(&limits)
        plane = try dataPlane()
        resources = ServerResources(limits)
        try HTTPServer.configure(channel.pipeline.syncOperations, Router(plane: plane), resources)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
        resources.shutDown()
    }

    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
        channel.embeddedEventLoop.run()
    }

    func advance(_ seconds: Int64) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    /// What the server has sent since the last call.
    func received() throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    /// The status lines in what the server has sent since the last call.
    func statuses() throws -> [String] {
        try received().split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
    }

    var isOpen: Bool { channel.isActive }
}

@Suite struct ConnectionTests {
    private static let live = "GET /v2/health/live HTTP/1.1\r\nhost: x\r\n\r\n"
    private static let post = "POST /v2/models/m/infer HTTP/1.1\r\nhost: x\r\n"

    @Test func `an answer has its length, its date and its type`() throws {
        let connection = try EmbeddedConnection()
        try connection.send(Self.live)
        let text = try connection.received()
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\ndate: "))
        #expect(text.hasSuffix(" GMT\r\nserver: mlpack/0.1.0\r\n\r\n{\"live\":true}"))
        #expect(connection.isOpen)
    }

    @Test func `HEAD has the head of GET and no body`() throws {
        let connection = try EmbeddedConnection()
        try connection.send("HEAD /v2/health/live HTTP/1.1\r\nhost: x\r\n\r\n" + Self.live)
        let parts = try connection.received().components("\r\n\r\n")
        #expect(parts.count == 3)
        #expect(parts[0].contains("content-length: 13"))
        #expect(parts[1].hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func `requests in one packet are answered in their order`() throws {
        let connection = try EmbeddedConnection()
        let request = "GET /v2/models/a/ready HTTP/1.1\r\nhost: x\r\n\r\n"
        try connection.send(String(repeating: Self.live + request, count: 500))
        #expect(try connection.statuses() == (0..<500).flatMap { _ in ["200", "404"] })
        #expect(connection.isOpen)
    }

    @Test func `a request may come byte by byte`() throws {
        let connection = try EmbeddedConnection()
        for character in Self.live { try connection.send(String(character)) }
        #expect(try connection.statuses() == ["200"])
    }

    @Test func `a client that wants the connection closed has it closed`() throws {
        for request in ["GET /v2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "GET /v2 HTTP/1.0\r\n\r\n"] {
            let connection = try EmbeddedConnection()
            try connection.send(request)
            #expect(try connection.received().contains("connection: close\r\n"))
            #expect(!connection.isOpen)
        }
    }

    @Test func `a client that waits to be told to go on is told`() throws {
        let connection = try EmbeddedConnection()
        try connection.send(Self.post + "content-length: 2\r\nexpect: 100-continue\r\n\r\n")
        #expect(try connection.received() == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test func `a body that is announced too long is refused before it comes`() throws {
        let connection = try EmbeddedConnection { $0.bodyByteCount = 10 }
        try connection.send(Self.post + "content-length: 11\r\nexpect: 100-continue\r\n\r\n")
        let text = try connection.received()
        #expect(text.hasPrefix("HTTP/1.1 413 "))
        #expect(text.hasSuffix(#"{"error":"the body is too long, expected at most 10 bytes, got 11"}"#))
        try connection.send("12345678901")
        #expect(try connection.received().isEmpty)
        #expect(!connection.isOpen)
    }

    @Test func `a body in chunks is refused when it has become too long`() throws {
        let connection = try EmbeddedConnection { $0.bodyByteCount = 10 }
        try connection.send(Self.post + "transfer-encoding: chunked\r\n\r\n6\r\n123456\r\n")
        #expect(try connection.statuses().isEmpty)
        try connection.send("6\r\n123456\r\n")
        #expect(try connection.statuses() == ["413"])
        try connection.send("0\r\n\r\n")
        #expect(!connection.isOpen)
    }

    private static let broken: [(request: String, status: String)] = [
        ("nonsense\r\n\r\n", "400"),
        ("GET /v2 HTTP/1.1\r\nhost : x\r\n\r\n", "400"),
        ("GET /v2 HTTP/1.1\r\nhost: x\r\nx\u{1}: y\r\n\r\n", "400"),
        ("GET /v2 HTTP/3.0\r\nhost: x\r\n\r\n", "505"),
        ("GET /v2 HTTP/1.1\nhost: x\n\n", "505"),
        ("PRI * HTTP/2.0\r\nhost: x\r\n\r\n", "505"),
        (post + "content-length: -1\r\n\r\n", "400"),
        (post + "content-length: 1, 2\r\n\r\n", "400"),
        (post + "content-length: 99999999999999999999\r\n\r\n", "400"),
        (post + "content-length: 2\r\ncontent-length: 2\r\n\r\n{}", "400"),
        (post + "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "400"),
        (post + "transfer-encoding: chunked\r\n\r\nzz\r\n", "400"),
        (post + "transfer-encoding: chunked\r\n\r\n-1\r\n", "400"),
        (post + "transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n", "400"),
        ("GET /" + String(repeating: "a", count: 1 << 20) + " HTTP/1.1\r\nhost: x\r\n\r\n", "431"),
        ("GET /v2 HTTP/1.1\r\nx: " + String(repeating: "a", count: 1 << 17) + "\r\n\r\n", "431"),
        ("GET /v2 HTTP/1.1\r\n" + String(repeating: "x: y\r\n", count: 10_000) + "\r\n", "431"),
    ]

    @Test(arguments: broken)
    func `what is not HTTP is answered once, and the connection closed`(request: String, status: String) throws {
        let connection = try EmbeddedConnection()
        try? connection.send(request)
        let text = try connection.received()
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text.prefix(40))")
        #expect(text.contains("{\"error\":\""))
        #expect(text.components("HTTP/1.1 ").count == 2)
        #expect(!connection.isOpen)
    }

    private static let unfit: [(request: String, status: String)] = [
        ("GET /v2 HTTP/1.1\r\n\r\n", "400"),
        ("GET /v2 HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", "400"),
        (post + "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"),
    ]

    @Test(arguments: unfit)
    func `heads that a parser takes and HTTP does not are refused`(request: String, status: String) throws {
        let connection = try EmbeddedConnection()
        try connection.send(request)
        #expect(try connection.statuses() == [status])
        #expect(!connection.isOpen)
    }

    @Test func `a connection that stays silent is closed`() throws {
        let connection = try EmbeddedConnection { $0.idleTimeout = .seconds(5) }
        connection.advance(4)
        #expect(connection.isOpen)
        try connection.send(Self.live)
        connection.advance(4)
        #expect(connection.isOpen)
        connection.advance(1)
        #expect(!connection.isOpen)
    }

    @Test func `a head that comes drop by drop has as long as silence has`() throws {
        let connection = try EmbeddedConnection { $0.idleTimeout = .seconds(5) }
        try connection.send("GET /v2 HTTP/1.1\r\n")
        for _ in 0..<4 {
            connection.advance(1)
            try connection.send("x: y\r\n")
        }
        #expect(connection.isOpen)
        connection.advance(1)
        #expect(!connection.isOpen)
    }

    @Test func `a body that comes drop by drop has its time, and then an answer`() throws {
        let connection = try EmbeddedConnection { $0.receiveTimeout = .seconds(5) }
        try connection.send(Self.post + "content-length: 1000000\r\n\r\n")
        for _ in 0..<4 {
            connection.advance(1)
            try connection.send("x")
        }
        #expect(try connection.statuses().isEmpty)
        connection.advance(1)
        let text = try connection.received()
        #expect(text.hasPrefix("HTTP/1.1 408 "))
        #expect(text.hasSuffix(#"{"error":"the body is late, expected within 5 s"}"#))
        #expect(!connection.isOpen)
    }

    @Test func `a server that drains answers and closes`() throws {
        let connection = try EmbeddedConnection()
        connection.plane.drain()
        try connection.send(Self.live)
        #expect(try connection.received().contains("connection: close\r\n"))
        #expect(!connection.isOpen)
    }

    @Test func `a connection that is told to end between requests ends`() throws {
        let connection = try EmbeddedConnection()
        try connection.send(Self.live)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        connection.channel.embeddedEventLoop.run()
        #expect(!connection.isOpen)
    }
}

extension String {
    /// The parts between occurrences of `separator`.
    fileprivate func components(_ separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
