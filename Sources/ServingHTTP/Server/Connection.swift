import Diagnostics
import NIOCore
import NIOHTTP1
import ServingCore

/// One connection: gathers a request, has it answered, writes the answer; one at a time, in the order of the requests.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Waiting for the head of a request.
        case idle
        /// Gathering a body.
        case receiving(HTTPRequestHead)
        /// The answer is being computed.
        case answering(Abandonment)
        /// The answer was given before the request had ended; the rest of it goes nowhere, and then the connection.
        case discarding
        /// The last answer is on its way; what still comes goes nowhere.
        case closing
    }

    private let router: Router
    private let server: ServerState
    private let pool: InferencePool
    private let limits: ServerLimits
    private var state = State.idle
    // PERF: outside of the state, where it has one owner and grows without being copied.
    private var body = ByteBuffer()
    private var deadline: Scheduled<Void>?
    /// Done when the last answer has left.
    private var written: EventLoopFuture<Void>?

    init(router: Router, server: ServerState, pool: InferencePool, limits: ServerLimits) {
        self.router = router
        self.server = server
        self.pool = pool
        self.limits = limits
    }

    func channelActive(context: ChannelHandlerContext) {
        setDeadline(limits.idleTimeout, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if case .answering(let abandonment) = state { abandonment.set() }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle): begin(head, context)
        case (.body(let chunk), .receiving): append(chunk, context)
        case (.end, .receiving(let head)): answer(head, context)
        case (.end, .discarding): closeWhenWritten(context)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, takesError else {
            context.close(promise: nil)
            return
        }
        let response: HTTPResponse =
            switch error {
            case .headerOverflow:
                HTTPResponse(
                    .headersTooLarge,
                    error: "the headers are too long, expected at most \(limits.headerByteCount) bytes"
                )
            case .invalidVersion:
                HTTPResponse(.versionNotSupported, error: "the HTTP version is not supported, expected 1.0 or 1.1")
            default:
                HTTPResponse(.badRequest, error: "the request is not HTTP/1.1: \(error.debugDescription)")
            }
        writeLast(response, context)
    }

    /// Whether a broken request can still be answered.
    private var takesError: Bool {
        switch state {
        case .idle, .receiving: true
        case .answering, .discarding, .closing: false
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        setDeadline(limits.receiveTimeout, context)
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= limits.bodyByteCount else {
            refuse(tooLarge(length), context)
            return
        }
        state = .receiving(head)
        body = context.channel.allocator.buffer(capacity: min(length, 1 << 16))
        guard head.version == .http1_1 else { return }
        for expectation in head.headers["expect"] {
            guard expectation.lowercased() == "100-continue" else { continue }
            context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
            return
        }
    }

    private func append(_ chunk: ByteBuffer, _ context: ChannelHandlerContext) {
        let length = body.readableBytes + chunk.readableBytes
        guard length <= limits.bodyByteCount else {
            body = ByteBuffer()
            refuse(tooLarge(length), context)
            return
        }
        body.writeImmutableBuffer(chunk)
    }

    private func tooLarge(_ length: Int) -> HTTPResponse {
        let message = "the body is too long, expected at most \(limits.bodyByteCount) bytes, got \(length)"
        return HTTPResponse(ServingError(.tooLarge, message))
    }

    /// Answers before the request has ended, and lets the rest of it come to nothing.
    private func refuse(_ response: HTTPResponse, _ context: ChannelHandlerContext) {
        state = .discarding
        write(response, keepAlive: false, context)
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = HTTPRequest(
            head.method.rawValue,
            head.uri,
            headers: head.headers.map { ($0.name, $0.value) },
            body: Array(body.readableBytesView)
        )
        body = ByteBuffer()
        let isHead = head.method == .HEAD
        deadline?.cancel()
        switch router.find(request) {
        case .failure(let failure):
            finish(failure.response, keepAlive: head.isKeepAlive, isHead: isHead, context)
        case .success(let found) where found.work == .immediate:
            finish(found.answer(), keepAlive: head.isKeepAlive, isHead: isHead, context)
        case .success(let found):
            let abandonment = Abandonment()
            state = .answering(abandonment)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            pool.submit(on: context.eventLoop, unless: abandonment) { found.answer() }.whenComplete { result in
                let (connection, context) = bound.value
                guard !abandonment.isSet else { return }
                let response =
                    (try? result.get()) ?? HTTPResponse(.unavailable, error: "the server is shutting down")
                connection.finish(response, keepAlive: head.isKeepAlive, isHead: isHead, context)
            }
        }
    }

    private func finish(_ response: HTTPResponse, keepAlive: Bool, isHead: Bool, _ context: ChannelHandlerContext) {
        setDeadline(limits.sendTimeout, context)
        guard keepAlive, !server.isDraining else {
            writeLast(response, isHead: isHead, context)
            return
        }
        state = .idle
        write(response, keepAlive: true, isHead: isHead, context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written?.whenSuccess {
            let (connection, context) = bound.value
            guard case .idle = connection.state else { return }
            connection.setDeadline(connection.limits.idleTimeout, context)
        }
    }

    private func writeLast(_ response: HTTPResponse, isHead: Bool = false, _ context: ChannelHandlerContext) {
        state = .closing
        write(response, keepAlive: false, isHead: isHead, context)
        closeWhenWritten(context)
    }

    private func write(
        _ response: HTTPResponse,
        keepAlive: Bool,
        isHead: Bool = false,
        _ context: ChannelHandlerContext
    ) {
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        headers.add(name: "content-length", value: "\(response.body.count)")
        headers.add(name: "date", value: httpDate())
        headers.add(name: "server", value: serverHeader)
        if !keepAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: response.status.rawValue),
            headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isHead, !response.body.isEmpty {
            let body = context.channel.allocator.buffer(bytes: response.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        // The next request may arrive while this call lasts, and its answer is then the last one written.
        let promise = context.eventLoop.makePromise(of: Void.self)
        written = promise.futureResult
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    private func closeWhenWritten(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        (written ?? context.eventLoop.makeSucceededVoidFuture()).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    /// Closes the connection unless another deadline is set within `timeout`.
    private func setDeadline(_ timeout: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            let (connection, context) = bound.value
            connection.expire(context)
        }
    }

    private func expire(_ context: ChannelHandlerContext) {
        guard case .receiving = state else {
            context.close(promise: nil)
            return
        }
        let seconds = limits.receiveTimeout.nanoseconds / 1_000_000_000
        writeLast(HTTPResponse(.requestTimeout, error: "the body is late, expected within \(seconds) s"), context)
        setDeadline(limits.sendTimeout, context)
    }
}
