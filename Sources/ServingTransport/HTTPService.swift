package import ServingObservation

/// What answers the requests that come in on an address.
package protocol HTTPService: Sendable {
    /// Whether the server finishes what it has and takes nothing new.
    var isDraining: Bool { get }

    /// Finds out how a request is answered.
    func work(for request: HTTPRequest) -> HTTPWork

    /// The answer to a request that the transport itself refuses.
    func response(to refusal: Refusal) -> HTTPResponse

    /// Whether `earlyResponse(to:)` ever has one; requests are not looked at before their end where it never does.
    var judgesHeads: Bool { get }

    /// The answer to a request that is refused by its head, as its key does not open it.
    ///
    /// *Parameter* head: the request without its body.
    func earlyResponse(to head: HTTPRequest) -> HTTPResponse?

    /// What answers a request piece by piece while it arrives; `nil` when it is answered as a whole.
    ///
    /// *Parameter* head: the request without its body.
    func stream(for head: HTTPRequest) -> (any HTTPStream)?
}

extension HTTPService {
    package var judgesHeads: Bool { false }
    package func earlyResponse(to head: HTTPRequest) -> HTTPResponse? { nil }
    package func stream(for head: HTTPRequest) -> (any HTTPStream)? { nil }
}

/// A request that is answered piece by piece while it arrives, over HTTP/2.
///
/// The bodies of what its work gives follow each other in the answer; the first that has trailers ends it.
package protocol HTTPStream {
    /// The head of the answer.
    var headers: [(name: String, value: String)] { get }

    /// What is noted of the request, when somebody wants to know: of each of its messages a record is made.
    var record: RequestRecord? { get set }

    /// The bytes that were received and are no whole message yet.
    var pendingByteCount: Int { get }

    /// Takes bytes of the request; the work that they complete, which is done in this order.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [HTTPWork]

    /// The last work of a request that has ended.
    mutating func finish() -> HTTPWork
}

/// How a request is answered.
package enum HTTPWork: Sendable {
    /// At once, on the connection's own thread.
    case immediate(HTTPResponse)
    /// By one of the threads that compute, when one is free.
    case queued(QueuedWork)
    /// By a thread for what may take long and is no inference.
    case background(@Sendable () -> HTTPResponse)
}

/// Work that computes.
package struct QueuedWork: Sendable {
    /// Whether it takes about as long as handing it to another thread: it is then done at once where a thread is idle.
    package let isShort: Bool
    package let answer: @Sendable (WorkContext) -> HTTPResponse

    /// Work of some length.
    package init(isShort: Bool = false, _ answer: @escaping @Sendable (WorkContext) -> HTTPResponse) {
        self.isShort = isShort
        self.answer = answer
    }
}

/// What work on a thread is told.
package struct WorkContext: Sendable {
    /// How long it waited for the thread, in nanoseconds.
    package var waited = 0
    /// Whether the client is gone by now.
    package var abandonment = Abandonment()

    /// Work that did not wait, for a client that is there.
    package init() {}
}

/// Why a request is refused before anybody looks at what it asks for.
package struct Refusal: Sendable, Hashable {
    package let status: HTTPStatus
    /// What is wrong, what is expected, what there is instead.
    package let message: String
    package let reason: Reason

    /// The reasons that are told apart in metrics.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The bodies that arrive are too large together.
        case bodies
        /// The body is too long.
        case body
        /// The answers that wait for their clients are too large together.
        case answers
        /// The head is too long.
        case headers
        /// The call is not open to the key that is shown, or to nobody without one.
        case key
        /// The body did not arrive in time.
        case late
        /// The client left before a thread was free.
        case left
        /// The request breaks the rules of HTTP.
        case malformed
        /// Too many requests wait.
        case queue
        /// The server is about to end.
        case shutdown
        /// The request would have to wait for too long.
        case wait
    }

    /// A refusal.
    package init(_ status: HTTPStatus, _ message: String, _ reason: Reason = .malformed) {
        self.status = status
        self.message = message
        self.reason = reason
    }

    static func tooLong(limit: Int, got: Int) -> Refusal {
        Refusal(.lengthTooLarge, "the body is too long, expected at most \(limit) bytes, got \(got)", .body)
    }

    static func late(after timeout: Int64) -> Refusal {
        Refusal(.requestTimeout, "the body is late, expected within \(timeout / 1_000_000_000) s", .late)
    }

    static func headersTooLong(limit: Int) -> Refusal {
        Refusal(.headersTooLarge, "the headers are too long, expected at most \(limit) bytes", .headers)
    }

    static let answersTooLarge = Refusal(
        .unavailable,
        "the answers that wait for their clients are too large together, expected fewer",
        .answers
    )
    static let shuttingDown = Refusal(.unavailable, "the server is shutting down", .shutdown)
    static let bodiesTooLarge = Refusal(
        .unavailable,
        "the requests that arrive are too large together, expected fewer",
        .bodies
    )
}
