import CNghttp2
import Diagnostics
import NIOCore
import Scheduling

/// One connection of HTTP/2: gathers the requests of its streams, has them answered, writes the answers as they come.
final class HTTP2Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: any HTTPService
    private let resources: ServerResources
    private let limits: ServerLimits
    private var session: HTTP2Session?
    private var streams: [Int32: HTTP2Stream] = [:]
    private var context: ChannelHandlerContext?
    /// Whether the session is at work, which it must not be told to do while it calls back.
    private var isBusy = false
    /// Done when the last bytes have left.
    private var sent: EventLoopPromise<Void>?
    /// The streams whose requests were refused before their end, and whose answers have left.
    private var refused: [Int32] = []
    /// The bytes of the answers that wait until the client takes them.
    private var heldByteCount = 0
    /// Whether a ping is on its way, and nothing has come since.
    private var isPinged = false
    /// The client's address, once somebody wanted to know it.
    private var peer: String?
    /// Whether the client has been told that no new request is taken.
    private var isLeaving = false
    /// When the connection is closed, unless something happens on it.
    private var timeout: Timeout?

    init(_ service: any HTTPService, _ resources: ServerResources) {
        self.service = service
        self.resources = resources
        limits = resources.limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        session = HTTP2Session(limits: limits, delegate: self)
        timeout = Timeout(context.eventLoop) { [weak self] in self?.expire() }
        timeout?.set(limits.idleTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timeout?.end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.end()
        for stream in streams.keys { close(stream: stream) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        isPinged = false
        timeout?.set(limits.idleTimeout)
        isBusy = true
        let isWell = buffer.withUnsafeReadableBytes { session?.receive($0) ?? false }
        isBusy = false
        flush()
        if !isWell { context.close(promise: nil) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        flush()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is EndAnnouncement || event is ChannelShouldQuiesceEvent {
            leave()
            flush()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Says which requests are still answered, before the connection may be closed on others.
    ///
    /// *Source*: RFC 9113, section 6.8.
    private func leave() {
        guard !isLeaving else { return }
        isLeaving = true
        session?.goAway()
    }

    /// Sends what the session has for the client, as long as the client takes it.
    private func flush() {
        guard let context, let session, !isBusy else { return }
        if service.isDraining { leave() }
        isBusy = true
        var hasMore = true
        while hasMore, context.channel.isWritable {
            var bytes = context.channel.allocator.buffer(capacity: 1 << 14)
            while hasMore, bytes.readableBytes < 1 << 16 { hasMore = session.send { bytes.writeBytes($0) } }
            guard bytes.readableBytes > 0 else { break }
            sent = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: sent)
        }
        isBusy = false
        if !refused.isEmpty {
            // Nothing more is wanted of requests that are answered before their end.
            for id in refused { session.reset(stream: id, NGHTTP2_NO_ERROR) }
            refused = []
            flush()
        }
        guard session.isOver || (isLeaving && streams.isEmpty) else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let last = sent?.futureResult ?? context.eventLoop.makeSucceededVoidFuture()
        last.whenComplete { _ in bound.value.close(promise: nil) }
    }

    private func respond(_ id: Int32, _ response: HTTPResponse) {
        guard let stream = streams[id], !stream.isAnswered else { return }
        stream.isAnswered = true
        var response = response
        if !hold(response.body.count) {
            response = resources.response(to: .answersTooLarge, of: service)
            response.body = []
        }
        stream.exchange?.end(&response)
        if stream.request.method == "HEAD" {
            letGo(response.body.count)
        } else {
            stream.rest = response.body[...]
        }
        stream.trailers = response.trailers
        var fields = [(name: ":status", value: "\(response.status.rawValue)")] + response.headers
        if response.trailers.isEmpty, let length = response.contentLength {
            fields.append(("content-length", "\(length)"))
        }
        fields += [("date", httpDate()), ("server", serverHeader)]
        session?.respond(stream: id, fields, hasBody: !stream.rest.isEmpty || !response.trailers.isEmpty)
        if stream.isRefused, stream.rest.isEmpty { refused.append(id) }
        stream.timeout?.set(limits.sendTimeout)
    }

    /// Takes the bytes of an answer until the client does; `false` when too many wait already, here or in all.
    private func hold(_ byteCount: Int) -> Bool {
        guard heldByteCount == 0 || heldByteCount + byteCount <= max(64 << 20, 4 * limits.bodyByteCount),
            resources.answers.take(byteCount)
        else { return false }
        heldByteCount += byteCount
        return true
    }

    private func letGo(_ byteCount: Int) {
        heldByteCount -= byteCount
        resources.answers.give(byteCount)
    }

    /// Answers before the request has ended, and lets the rest of it come to nothing.
    private func refuse(_ id: Int32, _ refusal: Refusal) {
        refuse(id, with: resources.response(to: refusal, of: service))
    }

    private func refuse(_ id: Int32, with response: HTTPResponse) {
        guard let stream = streams[id], !stream.isAnswered else { return }
        stream.exchange = exchange(of: stream, byteCount: stream.request.body.count)
        releaseBody(of: stream)
        stream.isRefused = true
        respond(id, response)
    }

    /// Has the work of a stream done, one after the other.
    private func enqueue(_ work: [HTTPWork], _ id: Int32) {
        guard let stream = streams[id] else { return }
        stream.work += work
        if stream.work.count > limits.messageCount {
            session?.reset(stream: id, NGHTTP2_ENHANCE_YOUR_CALM)
        } else {
            workOn(id)
        }
    }

    private func workOn(_ id: Int32) {
        guard let stream = streams[id], let context, !stream.isWorking, !stream.isEnded else { return }
        if stream.work.isEmpty { releaseHeld(by: stream) }
        guard let work = nextWork(of: stream, id, context) else { return }
        stream.isWorking = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        resources.answer(work, of: service, for: self, on: context.eventLoop, unless: stream.abandonment).whenSuccess {
            bound.value.append($0, id)
        }
    }

    /// The next work of a stream: that of its messages, or what has come up by itself.
    private func nextWork(of stream: HTTP2Stream, _ id: Int32, _ context: ChannelHandlerContext) -> HTTPWork? {
        // A client that does not read is not answered further.
        guard stream.rest.count < 1 << 20 else { return nil }
        guard stream.work.isEmpty else { return stream.work.removeFirst() }
        guard stream.inner?.isWatching ?? false else { return nil }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        return stream.inner?.next { [eventLoop = context.eventLoop] in eventLoop.execute { bound.value.workOn(id) } }
    }

    /// Appends what some work of a stream gave to the answer.
    private func append(_ response: HTTPResponse, _ id: Int32) {
        guard let stream = streams[id] else { return }
        stream.isWorking = false
        guard hold(response.body.count) else {
            session?.reset(stream: id, NGHTTP2_ENHANCE_YOUR_CALM)
            flush()
            return
        }
        stream.rest += response.body
        stream.trailers = response.trailers
        stream.isEnded = !response.trailers.isEmpty
        session?.resume(stream: id)
        flush()
        workOn(id)
    }

    /// What is noted of a request, of which the head has arrived as far as is known.
    private func exchange(of stream: HTTP2Stream, byteCount: Int) -> Exchange {
        if resources.observer != nil, peer == nil { peer = context?.channel.peerName }
        return Exchange(
            stream.request,
            "HTTP/2",
            byteCount: byteCount,
            peer: peer ?? "",
            observer: resources.observer
        )
    }

    private func releaseBody(of stream: HTTP2Stream) {
        resources.bodies.give(stream.request.body.count)
        stream.request.body = []
    }

    private func releaseHeld(by stream: HTTP2Stream) {
        let rest = min(stream.heldByteCount, stream.inner?.pendingByteCount ?? 0)
        resources.bodies.give(stream.heldByteCount - rest)
        stream.heldByteCount = rest
    }

    /// Closes the connection, on which nothing has come for so long; where requests are open, when it answers no ping either.
    private func expire() {
        guard !streams.isEmpty, !isPinged else {
            context?.close(promise: nil)
            return
        }
        isPinged = true
        session?.ping()
        flush()
        timeout?.set(limits.idleTimeout)
    }

    /// Ends a request that does not arrive, or whose answer is not taken.
    private func expire(stream id: Int32) {
        if streams[id]?.isAnswered ?? true {
            session?.reset(stream: id, NGHTTP2_CANCEL)
        } else {
            refuse(id, .late(after: limits.receiveTimeout.nanoseconds))
        }
        flush()
    }
}

extension HTTP2Connection: HTTP2SessionDelegate {
    func begin(stream id: Int32) {
        let stream = HTTP2Stream()
        stream.request.takesTrailers = true
        streams[id] = stream
        stream.timeout = context.map { Timeout($0.eventLoop) { [weak self] in self?.expire(stream: id) } }
        stream.timeout?.set(limits.receiveTimeout)
    }

    func addField(stream id: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        guard let stream = streams[id], !stream.isAnswered else { return }
        // As RFC 7541, section 4.1 counts.
        stream.headByteCount += name.count + value.count + 32
        guard stream.headByteCount <= limits.headerByteCount else {
            refuse(id, .headersTooLong(limit: limits.headerByteCount))
            return
        }
        let value = String(decoding: value, as: UTF8.self)
        switch String(decoding: name, as: UTF8.self) {
        case ":method": stream.request.method = value
        case ":path": stream.request.target = value
        case ":authority": stream.request.headers.append((name: "host", value: value))
        case let name where name.hasPrefix(":"): break
        case let name: stream.request.headers.append((name: name, value: value))
        }
    }

    func endHead(stream id: Int32) {
        guard let stream = streams[id], !stream.isAnswered else { return }
        if service.judgesHeads, let response = resources.earlyResponse(to: stream.request, of: service) {
            refuse(id, with: response)
            return
        }
        guard var inner = service.stream(for: stream.request) else { return beginBody(of: stream, id) }
        let exchange = exchange(of: stream, byteCount: 0)
        inner.record = exchange.record
        // A stream may be silent for as long as its client likes.
        stream.timeout?.clear()
        stream.isAnswered = true
        stream.isEnded = false
        stream.inner = inner
        let fields =
            [(name: ":status", value: "200")] + inner.headers + exchange.headers
            + [("date", httpDate()), ("server", serverHeader)]
        session?.respond(stream: id, fields, hasBody: true)
    }

    private func beginBody(of stream: HTTP2Stream, _ id: Int32) {
        let length = stream.request.values(of: "content-length").first.flatMap { Int($0) } ?? 0
        guard length <= limits.bodyByteCount else {
            refuse(id, .tooLong(limit: limits.bodyByteCount, got: length))
            return
        }
        if stream.request.values(of: "expect").first?.lowercased() == "100-continue" { session?.goOn(stream: id) }
    }

    func addBody(stream id: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard let stream = streams[id] else { return }
        if stream.inner != nil {
            guard resources.bodies.take(bytes.count) else {
                session?.reset(stream: id, NGHTTP2_ENHANCE_YOUR_CALM)
                return
            }
            stream.heldByteCount += bytes.count
            return enqueue(stream.inner?.receive(bytes) ?? [], id)
        }
        guard !stream.isAnswered else { return }
        let length = stream.request.body.count + bytes.count
        guard length <= limits.bodyByteCount else {
            refuse(id, .tooLong(limit: limits.bodyByteCount, got: length))
            return
        }
        guard resources.bodies.take(bytes.count) else { return refuse(id, .bodiesTooLarge) }
        stream.request.body.append(contentsOf: bytes)
    }

    func end(stream id: Int32) {
        if streams[id]?.inner != nil { return enqueue(streams[id]?.inner?.finish().map { [$0] } ?? [], id) }
        guard let stream = streams[id] else { return }
        if stream.isRefused {
            // It is over by itself.
            stream.isRefused = false
            refused.removeAll { $0 == id }
        }
        guard !stream.isAnswered, let context else { return }
        stream.timeout?.clear()
        let byteCount = stream.request.body.count
        let exchange = exchange(of: stream, byteCount: byteCount)
        stream.exchange = exchange
        stream.request.record = exchange.record
        let request = stream.request
        stream.request.body = []
        let work = service.work(for: request)
        if let response = resources.answerAtOnce(work) {
            resources.bodies.give(byteCount)
            return respond(id, response)
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        resources.answer(work, of: service, for: self, on: context.eventLoop, unless: stream.abandonment).whenSuccess {
            [resources] in
            resources.bodies.give(byteCount)
            bound.value.respond(id, $0)
            bound.value.flush()
        }
    }

    func close(stream id: Int32) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        stream.timeout?.end()
        stream.abandonment.set()
        if !stream.isAnswered { stream.exchange?.abandon() }
        releaseBody(of: stream)
        stream.inner = nil
        releaseHeld(by: stream)
        letGo(stream.rest.count)
    }

    func readBody(stream id: Int32, into buffer: UnsafeMutableRawBufferPointer) -> (byteCount: Int, isLast: Bool)? {
        guard let stream = streams[id] else { return (0, true) }
        guard stream.isEnded || !stream.rest.isEmpty else { return nil }
        let part = stream.rest.prefix(buffer.count)
        buffer.copyBytes(from: part)
        stream.rest = stream.rest.dropFirst(part.count)
        letGo(part.count)
        if stream.inner != nil { workOn(id) }
        if stream.isRefused, stream.rest.isEmpty { refused.append(id) }
        return (part.count, stream.isEnded && stream.rest.isEmpty)
    }

    func trailers(stream id: Int32) -> [(name: String, value: String)] { streams[id]?.trailers ?? [] }
}
