import Diagnostics
import Glibc
import NIOCore
import Scheduling
import ServingCore
import ServingHTTP
import ServingTransport
import Testing

@Suite struct HTTPServerTests {
    private static let input = #"{"inputs":[{"name":"X","shape":[1,4],"datatype":"FP32","data":[1,0,0,0]}]}"#

    private func infer(_ body: String, headers: String = "") -> String {
        "POST /v2/models/linear/infer HTTP/1.1\r\nhost: x\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func serving(
        _ change: (inout ServerLimits) -> Void = { _ in },
        _ body: (HTTPServer) throws -> Void
    ) throws {
        var limits = ServerLimits()
        limits.work.runCount = 2
        limits.lingerTimeout = .milliseconds(10)
        change(&limits)
        let plane = try dataPlane(["linear"])
        let server = try listening(plane, limits: limits)
        defer {
            plane.drain()
            server.drain()
        }
        try body(server)
    }

    private func listening(
        _ plane: DataPlane,
        host: String = "127.0.0.1",
        port: Int = 0,
        limits: ServerLimits = ServerLimits()
    ) throws -> HTTPServer {
        let endpoint = HTTPServer.Endpoint(Router(plane: plane), port: port)
        return try HTTPServer([endpoint], host: host, resources: ServerResources(limits))
    }

    private func statuses(_ text: String) -> [Substring] {
        text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
    }

    @Test func `requests and inferences in one packet are answered in their order`() throws {
        try serving { server in
            let client = try SocketClient(server.addresses[0][0])
            let live = "GET /v2/health/live HTTP/1.1\r\nhost: x\r\n\r\n"
            client.send(String(repeating: infer(Self.input) + live + infer("{") + live, count: 25))
            #expect(statuses(client.receive(100)) == (0..<25).flatMap { _ in ["200", "200", "400", "200"] })
        }
    }

    @Test func `many clients at a time each have their own answers`() throws {
        try serving { server in
            let clients = try (0..<50).map { _ in try SocketClient(server.addresses[0][0]) }
            for (index, client) in clients.enumerated() {
                client.send(infer(Self.input.replacing("{\"inputs\"", with: "{\"id\":\"\(index)\",\"inputs\"")))
            }
            for (index, client) in clients.enumerated() {
                #expect(client.receive(1).contains("\"id\":\"\(index)\""))
            }
        }
    }

    @Test func `clients that leave in the middle do no harm`() throws {
        try serving { server in
            for cut in stride(from: 0, to: infer(Self.input).utf8.count, by: 7) {
                try SocketClient(server.addresses[0][0]).send(String(infer(Self.input).prefix(cut)))
            }
            for _ in 0..<20 { try SocketClient(server.addresses[0][0]).send(infer(Self.input)) }
            let client = try SocketClient(server.addresses[0][0])
            client.send(infer(Self.input))
            #expect(statuses(client.receive(1)) == ["200"])
        }
    }

    @Test func `a connection goes on after a request that is refused`() throws {
        try serving { server in
            let client = try SocketClient(server.addresses[0][0])
            for body in ["", "[", "{}", Self.input.replacing("X", with: "Z"), Self.input] { client.send(infer(body)) }
            #expect(statuses(client.receive(5)) == ["400", "400", "400", "400", "200"])
        }
    }

    @Test func `a connection above the limit is closed at once`() throws {
        try serving({ $0.connectionCount = 1 }) { server in
            let first = try SocketClient(server.addresses[0][0])
            first.send("GET /v2/health/live HTTP/1.1\r\nhost: x\r\n\r\n")
            #expect(statuses(first.receive(1)) == ["200"])
            let second = try SocketClient(server.addresses[0][0])
            #expect(second.receive().isEmpty)
        }
    }

    @Test func `draining answers what has begun and then takes nothing more`() throws {
        var clients: [SocketClient] = []
        var url = ""
        try serving { server in
            url = server.addresses[0][0]
            for _ in 0..<10 {
                let client = try SocketClient(url)
                client.send(infer(Self.input))
                #expect(statuses(client.receive(1)) == ["200"])
                clients.append(client)
            }
        }
        for client in clients { #expect(client.receive().isEmpty) }
        #expect(throws: SocketClient.Refused.self) { try SocketClient(url) }
    }

    @Test func `a client that never ends its request does not hold up the end for longer than allowed`() throws {
        try serving({ $0.drainTimeout = .milliseconds(50) }) { server in
            let client = try SocketClient(server.addresses[0][0])
            client.send(
                "GET /v2 HTTP/1.1\r\nhost: x\r\n\r\nPOST /v2/models/linear/infer HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"
            )
            #expect(statuses(client.receive(1)) == ["200"])
        }
    }

    @Test func `an address that is taken or none is named`() throws {
        try serving { server in
            let port = try #require(server.addresses[0][0].split(separator: ":").last.flatMap { Int($0) })
            let plane = try dataPlane()
            #expect {
                try listening(plane, port: port)
            } throws: {
                "\($0)" == "listening on `127.0.0.1` port \(port): address already in use"
            }
            #expect {
                try listening(plane, host: "example.org")
            } throws: {
                "\($0)" == "the host is not an address, expected numbers such as `0.0.0.0` and `::`, or `localhost`, "
                    + "got `example.org`"
            }
        }
    }

    @Test func `localhost is every loopback address under one port`() throws {
        let server = try listening(try dataPlane(), host: "localhost")
        defer { server.drain() }
        let ports = Set(server.addresses[0].compactMap { $0.split(separator: ":").last })
        #expect(server.addresses[0][0].hasPrefix("127.0.0.1:"))
        #expect(ports.count == 1)
    }
}
