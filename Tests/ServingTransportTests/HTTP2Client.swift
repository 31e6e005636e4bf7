import NIOCore
import NIOEmbedded
import ServingTransport

/// A client of HTTP/2 that writes its frames byte by byte, on a connection without a network.
final class HTTP2Client {
    /// A frame of the server.
    struct Frame: Equatable {
        let type: UInt8
        let flags: UInt8
        let stream: Int
        let payload: [UInt8]
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let (data, headers, reset, settings, ping, goAway, windowUpdate, continuation) = (
        UInt8(0), UInt8(1), UInt8(3), UInt8(4), UInt8(6), UInt8(7), UInt8(8), UInt8(9)
    )

    let channel = EmbeddedChannel()
    let resources: ServerResources

    /// A connection to a service, on which nothing was sent.
    init(_ service: any HTTPService, _ change: (inout ServerLimits) -> Void = { _ in }) throws {
        var limits = ServerLimits()
        change(&limits)
        resources = ServerResources(limits)
        try HTTPServer.configure(channel.pipeline.syncOperations, service, resources)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
        resources.shutDown()
    }

    var isOpen: Bool { channel.isActive }

    func send(_ bytes: [UInt8]) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        channel.embeddedEventLoop.run()
    }

    /// Sends the preface and settings of nothing.
    func start() throws { try send(Self.preface + Self.frame(Self.settings)) }

    /// Sends the head of a request.
    func request(_ stream: Int, _ fields: [(String, String)], ends: Bool = true) throws {
        let flags: UInt8 = ends ? 0x5 : 0x4
        try send(Self.frame(Self.headers, flags: flags, stream: stream, Self.block(fields)))
    }

    /// The frames that the server has sent since the last call, settings and window updates left out.
    func frames() throws -> [Frame] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
        var frames: [Frame] = []
        var position = 0
        while position + 9 <= bytes.count {
            let head = bytes[position..<position + 9].map { Int($0) }
            let length = head[0] << 16 | head[1] << 8 | head[2]
            let payload = Array(bytes[(position + 9)..<min(bytes.count, position + 9 + length)])
            let stream = head[5] << 24 | head[6] << 16 | head[7] << 8 | head[8]
            frames.append(Frame(type: UInt8(head[3]), flags: UInt8(head[4]), stream: stream, payload: payload))
            position += 9 + length
        }
        return frames.filter { $0.type != Self.settings && $0.type != Self.windowUpdate }
    }

    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let count = payload.count
        let head = [count >> 16, count >> 8, count].map { UInt8(truncatingIfNeeded: $0) } + [type, flags]
        return head + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) } + payload
    }

    /// Fields as literals without indexing.
    ///
    /// *Source*: RFC 7541, section 6.2.2.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in [0] + text(name) + text(value) }
    }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var rest = bytes.count - 127
        var length: [UInt8] = [127]
        while rest >= 128 {
            length.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }
}
