import NIOCore
import NIOEmbedded
import ServingTransport
import Testing

/// Says that nothing has changed.
private struct UnchangedService: HTTPService {
    var isDraining: Bool { false }

    func work(for request: HTTPRequest) -> HTTPWork {
        .immediate(HTTPResponse(status: .notModified, headers: [("etag", "\"1\"")]))
    }

    func response(to refusal: Refusal) -> HTTPResponse { HTTPResponse(status: refusal.status) }
}

/// Gathers the fields of answers.
private final class FieldGathering: HTTP2ClientDelegate {
    var fields: [String: String] = [:]
    var code: UInt32?

    func addField(stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        fields[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
    }

    func close(stream: Int32, code: UInt32) { self.code = code }
}

/// *Source*: RFC 9110, sections 8.6 and 15.4.5.
@Suite struct NotModifiedTests {
    private func exchange(_ body: (EmbeddedChannel) throws -> Void) throws {
        let channel = EmbeddedChannel()
        let resources = ServerResources(ServerLimits())
        defer { resources.shutDown() }
        try HTTPServer.configure(channel.pipeline.syncOperations, UnchangedService(), resources)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try body(channel)
    }

    @Test func `an answer 304 of HTTP 1 has no length, and the next request its answer`() throws {
        try exchange { channel in
            for _ in 0..<2 {
                try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
                var text = ""
                while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
                #expect(text.hasPrefix("HTTP/1.1 304 Not Modified\r\n"))
                #expect(text.hasSuffix("\r\n\r\n"))
                #expect(!text.contains("content-length") && !text.contains("transfer-encoding"))
                #expect(text.contains("etag: \"1\"\r\n"))
            }
        }
    }

    @Test func `an answer 304 of HTTP 2 has no length, and the next request its answer`() throws {
        let gathering = FieldGathering()
        let fields = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")]
        let session = try #require(
            HTTP2ClientSession(fields: fields.map { (name: $0.0, value: $0.1) }, body: [], delegate: gathering)
        )
        try exchange { channel in
            for _ in 0..<2 {
                gathering.fields = [:]
                gathering.code = nil
                _ = try #require(session.request())
                var sent: [UInt8] = []
                while session.send({ sent += $0 }) {}
                try channel.writeInbound(ByteBuffer(bytes: sent))
                while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
                    #expect(bytes.withUnsafeReadableBytes { session.receive($0) })
                }
                #expect(gathering.code == 0)
                #expect(gathering.fields[":status"] == "304")
                #expect(gathering.fields["content-length"] == nil)
                #expect(gathering.fields["etag"] == "\"1\"")
            }
        }
    }
}
