import NIOCore

/// What all connections of a server share.
package struct ServerResources: Sendable {
    package let limits: ServerLimits
    package let pool: InferencePool
    /// For what may take long and is no inference.
    let background: InferencePool
    let bodies: ByteBudget
    let answers: ByteBudget

    /// The resources that the limits allow; the threads of the pool are started.
    package init(_ limits: ServerLimits) {
        self.limits = limits
        pool = InferencePool(
            threadCount: limits.threadCount,
            queueLength: limits.queueLength,
            longestWait: limits.longestWait
        )
        background = InferencePool(threadCount: 1, queueLength: 64)
        bodies = ByteBudget(byteCount: limits.bodiesByteCount)
        answers = ByteBudget(byteCount: limits.answersByteCount)
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
        case .queued(let work): pool.submit(on: eventLoop, for: service, unless: abandonment, work)
        case .background(let work):
            background.submit(on: eventLoop, for: service, unless: abandonment) { _ in work() }
        }
    }

    /// Ends the threads when they have done what they have begun.
    package func shutDown() {
        pool.shutDown()
        background.shutDown()
    }
}
