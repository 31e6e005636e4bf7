import Diagnostics
import NIOCore
import NIOHTTP1
import Scheduling

/// One connection of HTTP/1.1: gathers a request, has it answered, writes the answer; one at a time, in the order of the requests.
final class HTTP1Connection: ChannelInboundHandler {
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

    private let service: any HTTPService
    private let resources: ServerResources
    private let limits: ServerLimits
    private var state = State.idle
    // PERF: outside of the state, where it has one owner and grows without being copied.
    private var body = ByteBuffer()
    /// When the connection is closed, unless something happens on it.
    private var timeout: Timeout?
    /// Done when the last answer has left.
    private var written: EventLoopFuture<Void>?
    /// The client's address, once somebody wanted to know it.
    private var peer: String?

    init(_ service: any HTTPService, _ resources: ServerResources) {
        self.service = service
        self.resources = resources
        limits = resources.limits
    }

    /// A connection has sent its first bytes when it is known to be of HTTP/1.1.
    func handlerAdded(context: ChannelHandlerContext) {
        timeout = Timeout(context.eventLoop) { [weak self] in self?.expire(context) }
        timeout?.set(limits.idleTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.end() }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.end()
        releaseBody()
        if case .answering(let abandonment) = state { abandonment.set() }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle): begin(head, context)
        case (.body(let chunk), .receiving(let head)): append(chunk, to: head, context)
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
        let refusal: Refusal =
            switch error {
            case .headerOverflow: .headersTooLong(limit: limits.headerByteCount)
            case .invalidVersion:
                Refusal(
                    .versionNotSupported,
                    "the request line has another end, expected `HTTP/1.1` or `HTTP/1.0` and CR LF"
                )
            default: Refusal(.badRequest, "the request is not HTTP/1.1: \(error.debugDescription)")
            }
        writeLast(resources.response(to: refusal, of: service), brokenExchange(context), context)
    }

    /// What is noted of a request that could not be read, or did not end.
    private func brokenExchange(_ context: ChannelHandlerContext) -> Exchange {
        if case .receiving(let head) = state {
            return exchange(request(head), byteCount: body.readableBytes, context)
        }
        return exchange(HTTPRequest("", ""), byteCount: 0, context)
    }

    /// Whether a broken request can still be answered.
    private var takesError: Bool {
        switch state {
        case .idle, .receiving: true
        case .answering, .discarding, .closing: false
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        timeout?.set(limits.receiveTimeout)
        if let refusal = refusal(of: head) {
            refuse(refusal, head, context)
            return
        }
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= limits.bodyByteCount else {
            refuse(.tooLong(limit: limits.bodyByteCount, got: length), head, context)
            return
        }
        if service.judgesHeads, let response = resources.earlyResponse(to: request(head), of: service) {
            refuse(response, head, context)
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

    /// What is wrong with a head that the parser takes.
    ///
    /// *Source*: RFC 9112, sections 3.2 and 6.1.
    private func refusal(of head: HTTPRequestHead) -> Refusal? {
        let hosts = head.headers["host"].count
        guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else {
            return Refusal(.badRequest, "the request has \(hosts) fields `Host`, expected one")
        }
        let codings = head.headers["transfer-encoding"].joined(separator: ", ").lowercased()
        guard ["", "chunked"].contains(codings) else {
            return Refusal(.notImplemented, "the transfer coding `\(codings)` is not supported, expected `chunked`")
        }
        return nil
    }

    private func append(_ chunk: ByteBuffer, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let length = body.readableBytes + chunk.readableBytes
        guard length <= limits.bodyByteCount else {
            refuse(.tooLong(limit: limits.bodyByteCount, got: length), head, context)
            return
        }
        guard resources.bodies.take(chunk.readableBytes) else { return refuse(.bodiesTooLarge, head, context) }
        body.writeImmutableBuffer(chunk)
    }

    /// Answers before the request has ended, and lets the rest of it come to nothing.
    private func refuse(_ refusal: Refusal, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        refuse(resources.response(to: refusal, of: service), head, context)
    }

    private func refuse(_ response: HTTPResponse, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        state = .discarding
        let exchange = exchange(request(head), byteCount: body.readableBytes, context)
        releaseBody()
        write(response, exchange, keepAlive: false, isHead: head.method == .HEAD, context)
    }

    private func releaseBody() {
        resources.bodies.give(body.readableBytes)
        body = ByteBuffer()
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var request = request(head)
        request.body = Array(body.readableBytesView)
        let byteCount = body.readableBytes
        let exchange = exchange(request, byteCount: byteCount, context)
        request.record = exchange.record
        body = ByteBuffer()
        let isHead = head.method == .HEAD
        timeout?.clear()
        let work = service.work(for: request)
        if let response = resources.answerAtOnce(work) {
            resources.bodies.give(byteCount)
            finish(response, exchange, keepAlive: head.isKeepAlive, isHead: isHead, context)
            return
        }
        let abandonment = Abandonment()
        state = .answering(abandonment)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let answer = resources.answer(work, of: service, for: self, on: context.eventLoop, unless: abandonment)
        answer.whenSuccess { [resources] in
            resources.bodies.give(byteCount)
            let (connection, context) = bound.value
            guard !abandonment.isSet else { return exchange.abandon() }
            connection.finish($0, exchange, keepAlive: head.isKeepAlive, isHead: isHead, context)
        }
    }

    private func request(_ head: HTTPRequestHead) -> HTTPRequest {
        HTTPRequest(
            head.method.rawValue,
            originForm(of: head.uri),
            headers: head.headers.map { ($0.name, $0.value) }
        )
    }

    private func exchange(_ request: HTTPRequest, byteCount: Int, _ context: ChannelHandlerContext) -> Exchange {
        if resources.observer != nil, peer == nil { peer = context.channel.peerName }
        return Exchange(
            request,
            "HTTP/1.1",
            byteCount: byteCount,
            peer: peer ?? "",
            observer: resources.observer
        )
    }

    private func finish(
        _ response: HTTPResponse,
        _ exchange: Exchange,
        keepAlive: Bool,
        isHead: Bool,
        _ context: ChannelHandlerContext
    ) {
        timeout?.set(limits.sendTimeout)
        let byteCount = response.body.count
        guard resources.answers.take(byteCount) else {
            writeLast(resources.response(to: .answersTooLarge, of: service), exchange, context)
            return
        }
        defer { written?.whenComplete { [answers = resources.answers] _ in answers.give(byteCount) } }
        guard keepAlive, !service.isDraining else {
            writeLast(response, exchange, isHead: isHead, context)
            return
        }
        state = .idle
        write(response, exchange, keepAlive: true, isHead: isHead, context)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written?.whenSuccess {
            let connection = bound.value
            guard case .idle = connection.state else { return }
            connection.timeout?.set(connection.limits.idleTimeout)
        }
    }

    private func writeLast(
        _ response: HTTPResponse,
        _ exchange: Exchange,
        isHead: Bool = false,
        _ context: ChannelHandlerContext
    ) {
        state = .closing
        write(response, exchange, keepAlive: false, isHead: isHead, context)
        closeWhenWritten(context)
    }

    private func write(
        _ response: HTTPResponse,
        _ exchange: Exchange,
        keepAlive: Bool,
        isHead: Bool = false,
        _ context: ChannelHandlerContext
    ) {
        var response = response
        exchange.end(&response)
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        if let length = response.contentLength { headers.add(name: "content-length", value: "\(length)") }
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

    private func expire(_ context: ChannelHandlerContext) {
        guard case .receiving = state else {
            context.close(promise: nil)
            return
        }
        let exchange = brokenExchange(context)
        releaseBody()
        writeLast(
            resources.response(to: .late(after: limits.receiveTimeout.nanoseconds), of: service),
            exchange,
            context
        )
        timeout?.set(limits.sendTimeout)
    }
}

/// The path and query of a target, which proxies may send with the address before it.
///
/// *Source*: RFC 9112, section 3.2.2.
private func originForm(of target: String) -> String {
    let schemes = ["http://", "https://"]
    guard let scheme = schemes.first(where: { target.utf8.starts(with: $0.utf8) }) else { return target }
    let path = target.utf8.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") }
    return path.isEmpty ? "/" : String(decoding: Array(path), as: UTF8.self)
}
