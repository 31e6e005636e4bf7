import NIOCore
package import ServingObservation

/// What all connections of a server share.
package struct ServerResources: Sendable {
    package let limits: ServerLimits
    package let pool: InferencePool
    /// For what may take long and is no inference.
    let background: InferencePool
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
        pool = InferencePool(
            threadCount: limits.threadCount,
            queueLength: limits.queueLength,
            longestWait: limits.longestWait,
            refusals: refusals
        )
        background = InferencePool(threadCount: 1, queueLength: 64, refusals: refusals)
        bodies = ByteBudget(byteCount: limits.bodiesByteCount)
        answers = ByteBudget(byteCount: limits.answersByteCount)
    }

    /// The answer to a request when it can be made at once, on the calling thread.
    func answerAtOnce(_ work: HTTPWork) -> HTTPResponse? {
        switch work {
        case .immediate(let response): response
        case .queued(let work): work.isShort ? pool.computeAtOnce(work.answer) : nil
        case .background: nil
        }
    }

    /// The answer to a request of a service, once it is made.
    func answer(
        _ work: HTTPWork,
        of service: any HTTPService,
        on eventLoop: any EventLoop,
        unless abandonment: Abandonment
    ) -> EventLoopFuture<HTTPResponse> {
        switch work {
        case .immediate(let response): eventLoop.makeSucceededFuture(response)
        case .queued(let work): pool.submit(on: eventLoop, for: service, unless: abandonment, work.answer)
        case .background(let work):
            background.submit(on: eventLoop, for: service, unless: abandonment) { _ in work() }
        }
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
