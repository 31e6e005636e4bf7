import NIOCore
import NIOEmbedded
import ServingHTTP
import ServingTransport

/// The bytes of a connection, whatever the client speaks.
@Sendable func fuzzHTTP1(_ bytes: [UInt8]) {
    connect(bytes, to: AtOnce(service: router))
}

/// The bytes of a connection behind the preface of HTTP/2.
@Sendable func fuzzHTTP2(_ bytes: [UInt8]) {
    connect(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + bytes, to: AtOnce(service: calls))
}

/// A service whose work is done on the thread that asks for it.
private struct AtOnce: HTTPService {
    let service: any HTTPService
    var isDraining: Bool { service.isDraining }

    func work(for request: HTTPRequest) -> HTTPWork { .immediate(service.work(for: request).answer) }

    func response(to refusal: Refusal) -> HTTPResponse { service.response(to: refusal) }
}

private let resources: ServerResources = {
    var limits = ServerLimits()
    limits.bodyByteCount = 1 << 20
    return ServerResources(limits)
}()

private func connect(_ bytes: [UInt8], to service: AtOnce) {
    let channel = EmbeddedChannel()
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    do {
        try HTTPServer.configure(channel.pipeline.syncOperations, service, resources)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    } catch {
        fatalError("\(error)")
    }
    // In two pieces, as a network may part them.
    let cut = bytes.count / 2
    for part in [bytes[..<cut], bytes[cut...]] where channel.isActive {
        _ = try? channel.writeInbound(ByteBuffer(bytes: part))
        channel.embeddedEventLoop.run()
    }
    var byteCount = 0
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { byteCount += buffer.readableBytes }
    hold(byteCount <= 1 << 20 || bytes.count > 4096, "\(bytes.count) bytes are answered with \(byteCount)")
}
