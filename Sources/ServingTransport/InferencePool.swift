import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// The threads that compute: as many as the machine is to spend, with a bounded number of requests waiting for them.
package final class InferencePool: Sendable {
    private let threads: NIOThreadPool
    private let threadCount: Int
    private let capacity: Int
    private let longestWait: TimeAmount?
    private let accepted = Atomic(0)
    /// How long requests took lately, in nanoseconds: each new one counts for an eighth.
    private let serviceTime = Atomic(0)

    /// Starts the threads.
    ///
    /// *Parameter* longestWait: how long a request may have to wait, as far as the time that others took tells.
    package init(threadCount: Int, queueLength: Int, longestWait: TimeAmount? = nil) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        self.threadCount = threadCount
        capacity = threadCount + queueLength
        self.longestWait = longestWait
        threads.start()
    }

    /// How many requests are computed or wait.
    package var count: Int { accepted.load(ordering: .relaxed) }

    /// Computes `work` for a service when a thread is free, unless its request is abandoned by then.
    package func submit(
        on eventLoop: any EventLoop,
        for service: any HTTPService,
        unless abandoned: Abandonment,
        _ work: @escaping @Sendable (WorkContext) -> HTTPResponse
    ) -> EventLoopFuture<HTTPResponse> {
        if let refusal = refusal(of: accepted.add(1, ordering: .relaxed).newValue) {
            accepted.subtract(1, ordering: .relaxed)
            return eventLoop.makeSucceededFuture(service.response(to: refusal))
        }
        let submitted = monotonicNanoseconds()
        return threads.runIfActive(eventLoop: eventLoop) {
            defer { self.accepted.subtract(1, ordering: .relaxed) }
            guard !abandoned.isSet else {
                return service.response(to: Refusal(.internalError, "the client has left"))
            }
            let started = monotonicNanoseconds()
            defer { self.note(monotonicNanoseconds() - started) }
            var context = WorkContext()
            context.waited = started - submitted
            context.abandonment = abandoned
            return work(context)
        }
        .flatMapErrorThrowing { _ in service.response(to: .shuttingDown) }
    }

    /// Why a request that is so many-th is not taken.
    private func refusal(of position: Int) -> Refusal? {
        guard position <= capacity else {
            return Refusal(.unavailable, "\(capacity) requests are being computed or wait, expected fewer")
        }
        guard let longestWait, position > threadCount else { return nil }
        let perRequest = serviceTime.load(ordering: .relaxed) / threadCount
        let (wait, isEndless) = perRequest.multipliedReportingOverflow(by: position - threadCount)
        guard isEndless || wait > longestWait.nanoseconds else { return nil }
        return Refusal(
            .unavailable,
            "the request would wait for \(wait / 1_000_000) ms, expected at most \(longestWait.nanoseconds / 1_000_000)"
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

/// A time that clocks being set do not change.
private func monotonicNanoseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
}
