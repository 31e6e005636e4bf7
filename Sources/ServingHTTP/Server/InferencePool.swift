import Diagnostics
package import NIOCore
import NIOPosix
import ServingCore
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

    /// Computes `work` when a thread is free, unless its request is abandoned by then.
    ///
    /// The future fails with `overloaded` when too many requests wait already.
    package func submit(
        on eventLoop: any EventLoop,
        unless abandoned: Abandonment,
        _ work: @escaping @Sendable () -> HTTPResponse
    ) -> EventLoopFuture<HTTPResponse> {
        guard accepted.add(1, ordering: .relaxed).newValue <= capacity else {
            accepted.subtract(1, ordering: .relaxed)
            let message = "\(capacity) requests are being computed or wait, expected fewer"
            return eventLoop.makeSucceededFuture(HTTPResponse(ServingError(.overloaded, message)))
        }
        return threads.runIfActive(eventLoop: eventLoop) {
            defer { self.accepted.subtract(1, ordering: .relaxed) }
            guard !abandoned.isSet else {
                return HTTPResponse(.internalError, error: "the client has left")
            }
            return work()
        }
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
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Notes that the client has left.
    package func set() { flag.store(true, ordering: .relaxed) }
}
