import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// The threads that compute: as many as the machine is to spend, with a bounded number of requests waiting for them.
package final class InferencePool: Sendable {
    private let threads: NIOThreadPool
    private let capacity: Int
    private let accepted = Atomic(0)

    /// Starts the threads.
    package init(threadCount: Int, queueLength: Int) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        capacity = threadCount + queueLength
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
        guard accepted.add(1, ordering: .relaxed).newValue <= capacity else {
            accepted.subtract(1, ordering: .relaxed)
            let message = "\(capacity) requests are being computed or wait, expected fewer"
            return eventLoop.makeSucceededFuture(service.response(to: Refusal(.unavailable, message)))
        }
        let submitted = monotonicNanoseconds()
        return threads.runIfActive(eventLoop: eventLoop) {
            defer { self.accepted.subtract(1, ordering: .relaxed) }
            guard !abandoned.isSet else {
                return service.response(to: Refusal(.internalError, "the client has left"))
            }
            var context = WorkContext()
            context.waited = monotonicNanoseconds() - submitted
            context.abandonment = abandoned
            return work(context)
        }
        .flatMapErrorThrowing { _ in service.response(to: .shuttingDown) }
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
