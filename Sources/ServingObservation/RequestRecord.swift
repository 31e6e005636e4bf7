import Synchronization

/// What is noted of one request while it goes through the server, when somebody wants to know.
package final class RequestRecord: Sendable {
    /// What is known when the request has arrived.
    package struct Head: Sendable, Hashable {
        /// `HTTP/1.1` or `HTTP/2`.
        package let protocolName: String
        package let method: String
        /// The path without the query.
        package let path: String
        /// The client's address with its port.
        package let peer: String
        package let userAgent: String
        /// The bytes of the body.
        package let byteCount: Int

        /// A head, whose texts are cut where a client made them long.
        ///
        /// *Parameter* target: the path and query as they were sent.
        package init(
            protocolName: String,
            method: String,
            target: String,
            peer: String,
            userAgent: String,
            byteCount: Int
        ) {
            self.protocolName = protocolName
            self.method = cut(method, 32)
            path = cut(target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[..<$0]) } ?? target, 1024)
            self.peer = peer
            self.userAgent = cut(userAgent, 256)
            self.byteCount = byteCount
        }
    }

    /// The model that a request asked for.
    package struct Model: Sendable, Hashable {
        package let name: String
        package let version: String

        /// A version of a model.
        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// When the parts of an inference began and ended, in monotonic nanoseconds.
    package struct Times: Sendable, Hashable {
        package var queued: Int
        package var started: Int
        package var read: Int
        package var computed: Int
        package var written: Int

        /// The times of a request.
        package init(queued: Int, started: Int, read: Int, computed: Int, written: Int) {
            self.queued = queued
            self.started = started
            self.read = read
            self.computed = computed
            self.written = written
        }
    }

    /// What is known only when the request has been answered.
    package struct Outcome: Sendable, Hashable {
        /// The status of HTTP; 499 when the client left before its answer.
        package var status = 0
        /// The status of gRPC; `nil` for another protocol.
        package var grpcStatus: Int?
        /// The bytes of the answer's body.
        package var byteCount = 0
        /// When the answer was given, in monotonic nanoseconds.
        package var ended = 0
        /// The form of the paths that it was answered by: `/v2/models/{model}/infer`; `nil` when there was none.
        package var route: String?
        /// Whether it was a request for inference.
        package var isInference = false
        package var model: Model?
        package var times: Times?
    }

    /// The status of a request whose client left before its answer, as nginx has it.
    package static let clientLeft = 499

    package let head: Head
    /// The client's id for the request, or one that was made here.
    package let id: String
    /// Where the request stands in a trace.
    package let span: SpanContext?
    /// When it had arrived, in nanoseconds since 1970.
    package let time: Int
    /// When it had arrived, in monotonic nanoseconds.
    package let started: Int
    private let observer: RequestObserver
    private let state = Mutex(Outcome())

    init(_ head: Head, id: String, span: SpanContext?, observer: RequestObserver) {
        self.head = head
        self.id = id
        self.span = span
        self.observer = observer
        time = nanosecondsSince1970()
        started = monotonicNanoseconds()
    }

    /// What came of the request so far.
    package var outcome: Outcome { state.withLock { $0 } }

    /// Notes what the request is answered by.
    package func setRoute(_ route: String, isInference: Bool) {
        state.withLock { state in
            state.route = route
            state.isInference = isInference
        }
    }

    /// Notes the model that the request asks for.
    package func setModel(_ model: Model) { state.withLock { $0.model = model } }

    /// Notes how long the parts of an inference took.
    package func setTimes(_ times: Times) { state.withLock { $0.times = times } }

    /// Notes that the request was answered, and tells whoever wants to know.
    package func end(status: Int, grpcStatus: Int? = nil, byteCount: Int) {
        let now = monotonicNanoseconds()
        state.withLock { state in
            state.status = status
            state.grpcStatus = grpcStatus
            state.byteCount = byteCount
            state.ended = now
        }
        observer.end(self)
    }

    /// The record of one of the messages of a request that has many.
    package func message(byteCount: Int) -> RequestRecord {
        let head = Head(
            protocolName: head.protocolName,
            method: head.method,
            target: head.path,
            peer: head.peer,
            userAgent: head.userAgent,
            byteCount: byteCount
        )
        return RequestRecord(head, id: id, span: span?.sibling(), observer: observer)
    }
}

/// A text, or as much of it as fits into so many bytes.
private func cut(_ text: String, _ byteCount: Int) -> String {
    guard text.utf8.count > byteCount else { return text }
    return String(decoding: text.utf8.prefix(byteCount), as: UTF8.self)
}
