package import NIOCore
package import Scheduling
package import ServingObservation

/// What all connections of a server share.
package struct ServerResources: Sendable {
    package let limits: ServerLimits
    package let pool: WorkPool
    /// For what may take long and is no inference.
    let background: WorkPool
    private let other = PlainWork()
    let bodies: ByteBudget
    let answers: ByteBudget
    /// Who wants to know of requests.
    package let observer: RequestObserver?
    /// The requests that were refused.
    package let refusals = RefusalCounts()

    /// The resources that the limits allow; the threads of the pool are started.
    package init(_ limits: ServerLimits, observer: RequestObserver? = nil) {
        self.limits = limits
        self.observer = observer
        pool = WorkPool(limits.work)
        var one = WorkQueue.Limits()
        one.waitingCount = 64
        background = WorkPool(one)
        bodies = ByteBudget(byteCount: limits.bodiesByteCount)
        answers = ByteBudget(byteCount: limits.answersByteCount)
    }

    /// The answer to a request when it can be made at once, on the calling thread.
    package func answerAtOnce(_ work: HTTPWork) -> HTTPResponse? {
        switch work {
        case .immediate(let response): return response
        case .queued(let work):
            guard work.isShort else { return nil }
            return pool.performAtOnce(for: work.group ?? other) { work.answer(WorkContext()) }
        case .background: return nil
        }
    }

    /// The answer to a request of a service, once it is made.
    ///
    /// *Parameter* client: the connection, which takes turns with others.
    package func answer(
        _ work: HTTPWork,
        of service: any HTTPService,
        for client: AnyObject,
        on eventLoop: any EventLoop,
        unless abandonment: Abandonment
    ) -> EventLoopFuture<HTTPResponse> {
        let promise = eventLoop.makePromise(of: HTTPResponse.self)
        let submit = { (work: QueuedWork, pool: WorkPool) in
            let ticket = WorkTicket(client: client, level: work.level, unless: abandonment) { rejection in
                let refusal = Refusal(rejection)
                refusals.note(refusal.reason)
                promise.succeed(work.refused?(refusal) ?? service.response(to: refusal))
            }
            pool.submit(work.work(ticket, since: monotonicNanoseconds(), orOf: other) { promise.succeed($0) })
        }
        switch work {
        case .immediate(let response): promise.succeed(response)
        case .queued(let work): submit(work, pool)
        case .background(let work): submit(QueuedWork { _ in work() }, background)
        }
        return promise.futureResult
    }

    /// The answer of a service to a request that is refused.
    func response(to refusal: Refusal, of service: any HTTPService) -> HTTPResponse {
        refusals.note(refusal.reason)
        return service.response(to: refusal)
    }

    /// The answer of a service to a request that it refuses by its head.
    func earlyResponse(to head: HTTPRequest, of service: any HTTPService) -> HTTPResponse? {
        let response = service.earlyResponse(to: head)
        if response != nil { refusals.note(.key) }
        return response
    }

    /// Ends the threads when they have done what they have begun.
    package func shutDown() {
        pool.shutDown()
        background.shutDown()
    }
}
