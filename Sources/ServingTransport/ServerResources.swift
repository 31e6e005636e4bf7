package import NIOCore
package import Scheduling
import Threads

/// What all connections of a server share.
package struct ServerResources: Sendable {
    package let limits: ServerLimits
    package let pool: WorkPool
    /// For what may take long and is no inference.
    let background: WorkPool
    let bodies: ByteBudget
    let answers: ByteBudget
    private let plain = PlainWork()
    private let plainBackground = PlainWork()

    /// The longest request in bytes that an event loop may compute itself.
    private static let smallByteCount = 16 << 10

    /// The resources that the limits allow; the threads of the pool are started.
    package init(_ limits: ServerLimits) {
        self.limits = limits
        pool = WorkPool(limits.work)
        var one = WorkQueue.Limits()
        one.waitingCount = 64
        one.wait = .none
        background = WorkPool(one)
        bodies = ByteBudget(byteCount: limits.bodiesByteCount)
        answers = ByteBudget(byteCount: limits.answersByteCount)
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
        let client = ObjectIdentifier(client)
        let refuse = { @Sendable (rejection: Rejection) in
            promise.succeed(service.response(to: Refusal(rejection)))
        }
        let submission: WorkPool.Submission
        switch work {
        case .immediate(let response):
            promise.succeed(response)
            return promise.futureResult
        case .queued(let body):
            let arrival = monotonicNanoseconds()
            let answer = { @Sendable in
                var context = WorkContext()
                context.waited = monotonicNanoseconds() - arrival
                context.abandonment = abandonment
                promise.succeed(body(context))
            }
            submission = pool.submit(Work(of: plain, answer, client: client, unless: abandonment, refuse: refuse))
        case .background(let body):
            let answer = { @Sendable in promise.succeed(body()) }
            submission = background.submit(
                Work(of: plainBackground, answer, client: client, unless: abandonment, refuse: refuse)
            )
        case .grouped(let grouped):
            let respond = { @Sendable (response: HTTPResponse) in promise.succeed(response) }
            let work = grouped.work(for: client, unless: abandonment, respond: respond, refuse: refuse)
            let share = LoopShare.ofThisThread()
            submission = pool.submit(
                work,
                isHereWelcome: share.isLeft && grouped.byteCount <= Self.smallByteCount
            )
            if case .done(let nanoseconds) = submission { share.count(nanoseconds, on: eventLoop) }
        }
        if case .refused(let rejection) = submission { refuse(rejection) }
        return promise.futureResult
    }

    /// Ends the threads when they have done what they have begun.
    package func shutDown() {
        pool.shutDown()
        background.shutDown()
    }
}
