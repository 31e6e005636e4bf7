import Foundation
import NIOCore
import NIOEmbedded
import ServingObservation
import ServingTransport
import TestSupport
import Testing

/// Answers with what is noted of a request.
private struct RecordingService: HTTPService {
    var isDraining = false

    func work(for request: HTTPRequest) -> HTTPWork {
        .immediate(HTTPResponse(status: .ok, body: Array((request.record?.id ?? "none").utf8)))
    }

    func response(to refusal: Refusal) -> HTTPResponse { HTTPResponse(status: refusal.status) }
}

@Suite struct ExchangeTests {
    private func answer(_ request: String, observer: RequestObserver? = nil) throws -> String {
        let channel = EmbeddedChannel()
        let resources = ServerResources(ServerLimits(), observer: observer)
        defer { resources.shutDown() }
        try HTTPServer.configure(channel.pipeline.syncOperations, RecordingService(), resources)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.writeInbound(ByteBuffer(string: request))
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    private let request = "GET / HTTP/1.1\r\nHost: a\r\n"

    @Test func `nothing is noted where nobody asks`() throws {
        let text = try answer(request + "\r\n")
        #expect(text.hasSuffix("none"))
        #expect(!text.contains("x-request-id"))
    }

    @Test func `a client's id comes back`() throws {
        let text = try answer(request + "X-Request-Id: client-7\r\n\r\n")
        #expect(text.contains("x-request-id: client-7\r\n"))
        #expect(text.hasSuffix("none"))
    }

    @Test func `an id of another form is replaced`() throws {
        let text = try answer(request + "x-request-id: a b\r\n\r\n")
        #expect(!text.contains("x-request-id: a b"))
        #expect(text.contains("x-request-id: "))
    }

    @Test func `whoever wants to know is told of each request, refused ones too`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        let observer = try #require(RequestObserver(accessLog: try AccessLog(path: path), tracer: nil))
        #expect(try answer(request + "x-request-id: a\r\n\r\n", observer: observer).hasSuffix("a"))
        _ = try answer("GET /b HTTP/1.1\r\n\r\n", observer: observer)
        _ = try answer("nonsense\r\n\r\n", observer: observer)
        observer.flush()
        let lines = try String(contentsOfFile: path, encoding: .ascii).split(separator: "\n")
        #expect(lines.map { $0.contains("\"status\":200") } == [true, false, false])
        #expect(lines[1].contains("\"path\":\"/b\",\"status\":400"))
        #expect(lines[2].contains("\"path\":\"\",\"status\":400"))
    }

    @Test func `refusals are counted by their reason`() {
        let counts = RefusalCounts()
        counts.note(.queue)
        counts.note(.malformed)
        #expect(counts.count(.queue) == 1 && counts.count(.malformed) == 1 && counts.count(.wait) == 0)
    }
}
