import NIOCore
import NIOHTTP1

/// Finds out from the first bytes of a connection whether the client speaks HTTP/2, and makes way for its handlers.
///
/// *Source*: RFC 9113, section 3.3, starting HTTP/2 with prior knowledge.
final class ProtocolDetection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What every connection of HTTP/2 starts with, and no request of HTTP/1.1.
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let service: any HTTPService
    private let resources: ServerResources
    private var start = ByteBuffer()
    private var timeout: Timeout?

    init(_ service: any HTTPService, _ resources: ServerResources) {
        self.service = service
        self.resources = resources
    }

    func channelActive(context: ChannelHandlerContext) {
        timeout = Timeout(context.eventLoop) { context.close(promise: nil) }
        timeout?.set(resources.limits.idleTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.end()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Nothing has been asked yet, and something may be on its way.
        if event is ChannelShouldQuiesceEvent { timeout?.set(resources.limits.lingerTimeout) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        start.writeImmutableBuffer(unwrapInboundIn(data))
        let seen = start.readableBytesView.prefix(Self.preface.count)
        let isHTTP2 = Self.preface.starts(with: seen)
        guard !isHTTP2 || seen.count == Self.preface.count else { return }
        timeout?.end()
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandlers(isHTTP2 ? http2Handlers() : http1Handlers(), position: .after(self))
        } catch {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(wrapInboundOut(start))
        start = ByteBuffer()
        context.fireChannelReadComplete()
        pipeline.removeHandler(context: context, promise: nil)
    }

    private func http1Handlers() -> [any ChannelHandler] {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = resources.limits.headerByteCount
        configuration.maxHeaderListSize = resources.limits.headerByteCount
        return [
            HTTPResponseEncoder(),
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: configuration)
            ),
            HTTPServerPipelineHandler(),
            HTTP1Connection(service, resources),
        ]
    }

    private func http2Handlers() -> [any ChannelHandler] { [HTTP2Connection(service, resources)] }
}
