import NIOCore
import NIOEmbedded

/// The requests of another exchange inside of TLS.
final class TLSExchange: LoadExchange {
    private let inner: any LoadExchange
    /// Turns what the inner exchange says into bytes for the server, and back; `nil` when it could not be made.
    private let channel: EmbeddedChannel?
    /// The bytes that the server has not taken.
    private var output = ByteBuffer()

    init(_ inner: any LoadExchange, _ peer: TLSPeer) {
        self.inner = inner
        channel = try? peer.connect()
    }

    deinit {
        guard let channel else { return }
        // The connection is gone: nobody is waited for that would say goodbye.
        channel.pipeline.fireChannelInactive()
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
    }

    var open: [LoadRequest] { inner.open }

    var hasOutput: Bool { output.readableBytes > 0 }

    func begin(_ request: LoadRequest) -> Bool { inner.begin(request) }

    func flush(_ write: (UnsafeRawBufferPointer) -> Int?) -> Bool {
        guard let channel else { return false }
        let isWell = inner.flush { bytes in
            channel.write(ByteBuffer(bytes: bytes), promise: nil)
            return bytes.count
        }
        guard isWell else { return false }
        channel.flush()
        while true {
            if !hasOutput {
                guard let next = try? channel.readOutbound(as: ByteBuffer.self) else { return true }
                output = next
            }
            guard let count = output.withUnsafeReadableBytes(write) else { return false }
            guard count > 0 else { return true }
            output.moveReaderIndex(forwardBy: count)
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer, _ finish: @escaping (LoadRequest, LoadOutcome) -> Void) -> Bool {
        guard let channel, (try? channel.writeInbound(ByteBuffer(bytes: bytes))) != nil else { return false }
        while let plain = try? channel.readInbound(as: ByteBuffer.self) {
            guard plain.withUnsafeReadableBytes({ inner.receive($0, finish) }) else { return false }
        }
        return channel.isActive
    }
}
