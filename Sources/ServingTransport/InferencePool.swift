package import NIOCore
import NIOPosix
import ServingObservation
import Synchronization

/// The threads that compute: as many as the machine is to spend, with a bounded number of requests waiting for them.
package final class InferencePool: Sendable {
    private let threads: NIOThreadPool
    private let threadCount: Int
    private let capacity: Int
    private let longestWait: TimeAmount?
    private let refusals: RefusalCounts
    private let accepted = Atomic(0)
    /// How long requests took lately, in nanoseconds: each new one counts for an eighth.
    private let serviceTime = Atomic(0)

    /// Starts the threads.
    ///
    /// *Parameter* refusals: where requests that are not taken are counted.
    /// *Parameter* longestWait: how long a request may have to wait, as far as the time that others took tells.
    package init(
        threadCount: Int,
        queueLength: Int,
        longestWait: TimeAmount? = nil,
        refusals: RefusalCounts = RefusalCounts()
    ) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        self.threadCount = threadCount
        capacity = threadCount + queueLength
        self.longestWait = longestWait
        self.refusals = refusals
        threads.start()
    }

    /// How many requests are computed or wait.
    package var count: Int { accepted.load(ordering: .relaxed) }

    /// How many requests wait for a thread.
    package var waitingCount: Int { max(0, count - threadCount) }

    /// Computes `work` for a service when a thread is free, unless its request is abandoned by then.
    package func submit(
        on eventLoop: any EventLoop,
        for service: any HTTPService,
        unless abandoned: Abandonment,
        _ work: @escaping @Sendable (WorkContext) -> HTTPResponse
    ) -> EventLoopFuture<HTTPResponse> {
        if let refusal = refusal(of: accepted.add(1, ordering: .relaxed).newValue) {
            accepted.subtract(1, ordering: .relaxed)
            return eventLoop.makeSucceededFuture(response(to: refusal, of: service))
        }
        let submitted = monotonicNanoseconds()
        return threads.runIfActive(eventLoop: eventLoop) {
            defer { self.accepted.subtract(1, ordering: .relaxed) }
            guard !abandoned.isSet else {
                return self.response(to: Refusal(.internalError, "the client has left", .left), of: service)
            }
            let started = monotonicNanoseconds()
            defer { self.note(monotonicNanoseconds() - started) }
            var context = WorkContext()
            context.waited = started - submitted
            context.abandonment = abandoned
            return work(context)
        }
        .flatMapErrorThrowing { _ in self.response(to: .shuttingDown, of: service) }
    }

    private func response(to refusal: Refusal, of service: any HTTPService) -> HTTPResponse {
        refusals.note(refusal.reason)
        return service.response(to: refusal)
    }

    /// Computes `work` on the calling thread in place of an idle one; `nil` when none is.
    package func computeAtOnce(_ work: (WorkContext) -> HTTPResponse) -> HTTPResponse? {
        defer { accepted.subtract(1, ordering: .relaxed) }
        guard accepted.add(1, ordering: .relaxed).newValue <= threadCount else { return nil }
        return work(WorkContext())
    }

    /// Why a request that is so many-th is not taken.
    private func refusal(of position: Int) -> Refusal? {
        guard position <= capacity else {
            return Refusal(.unavailable, "\(capacity) requests are being computed or wait, expected fewer", .queue)
        }
        guard let longestWait, position > threadCount else { return nil }
        let perRequest = serviceTime.load(ordering: .relaxed) / threadCount
        let (wait, isEndless) = perRequest.multipliedReportingOverflow(by: position - threadCount)
        guard isEndless || wait > longestWait.nanoseconds else { return nil }
        return Refusal(
            .unavailable,
            "the request would wait for \(wait / 1_000_000) ms, expected at most \(longestWait.nanoseconds / 1_000_000)",
            .wait
        )
    }

    /// Takes the time of a request into account; of two at once, one may go uncounted.
    private func note(_ nanoseconds: Int) {
        let old = serviceTime.load(ordering: .relaxed)
        serviceTime.store(old == 0 ? nanoseconds : old + (nanoseconds - old) / 8, ordering: .relaxed)
    }

    /// Waits for what is being computed, and ends the threads.
    package func shutDown() {
        threads.shutdownGracefully { _ in }
    }
}

/// Whether the client of a request is gone.
package final class Abandonment: Sendable {
    private let flag = Atomic(false)

    /// A client that is there.
    package init() {}

    /// Whether the answer has nobody to go to.
    package var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Notes that the client has left.
    package func set() { flag.store(true, ordering: .relaxed) }
}
