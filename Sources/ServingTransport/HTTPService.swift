package import Scheduling
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

    /// The last work of a request that has ended; `nil` when its answer goes on.
    mutating func finish() -> HTTPWork?

    /// Whether there is work without messages, which `next` has.
    var isWatching: Bool { get }

    /// Work that has come up by itself; asked for where no other is left.
    ///
    /// *Parameter* again: to be called, on any thread, when there may be more.
    mutating func next(_ again: @escaping @Sendable () -> Void) -> HTTPWork?
}

extension HTTPStream {
    package var isWatching: Bool { false }
    package mutating func next(_ again: @escaping @Sendable () -> Void) -> HTTPWork? { nil }
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

/// What work on a thread is told.
package struct WorkContext: Sendable {
    /// How long it waited for the thread, in nanoseconds.
    package var waited = 0
    /// Whether the client is gone by now.
    package var abandonment = Abandonment()

    /// Work that did not wait, for a client that is there.
    package init() {}
}
