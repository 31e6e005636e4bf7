import Diagnostics
package import NIOCore
import NIOPosix
import NIOSSL

/// The first bytes of what a server answers to a request; fewer when it closes before.
///
/// *Parameter* host: a numeric address.
/// *Parameter* trust: how the server is known over TLS; `nil` without TLS.
/// *Throws*: `address` when nothing is answered within `timeout`, and whatever files of TLS are wrong.
package func answer(
    to request: [UInt8],
    host: String,
    port: Int,
    trust: TLSTrust?,
    byteCount: Int,
    timeout: TimeAmount = .seconds(5)
) throws -> [UInt8] {
    let address = try SocketAddress(ipAddress: host, port: port)
    let tls = try trust?.context(["http/1.1"])
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let eventLoop = group.next()
    let answer = eventLoop.makePromise(of: [UInt8].self)
    let channel = ClientBootstrap(group: eventLoop)
        .connectTimeout(timeout)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil)) }
                try pipeline.addHandler(AnswerStart(request, byteCount, answer))
            }
        }
        .connect(to: address)
    channel.cascadeFailure(to: answer)
    eventLoop.scheduleTask(in: timeout) { answer.fail(ChannelError.connectTimeout(timeout)) }
    do {
        return try answer.futureResult.wait()
    } catch let error as IOError {
        throw ServerError(.address, systemMessage(error.errnoCode))
    } catch let error as NIOSSLError {
        throw ServerError(.address, "TLS: \(error)")
    } catch {
        throw ServerError(.address, "no answer, expected one within \(timeout.nanoseconds / 1_000_000_000) s")
    }
}

/// Sends a request, and gathers the start of its answer.
private final class AnswerStart: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private let byteCount: Int
    private let answer: EventLoopPromise<[UInt8]>
    private var bytes: [UInt8] = []

    init(_ request: [UInt8], _ byteCount: Int, _ answer: EventLoopPromise<[UInt8]>) {
        self.request = request
        self.byteCount = byteCount
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        guard bytes.count >= byteCount else { return }
        answer.succeed(Array(bytes.prefix(byteCount)))
    }

    func channelInactive(context: ChannelHandlerContext) { answer.succeed(bytes) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
