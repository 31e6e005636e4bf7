/// How much load is put on a server, and for how long.
package struct LoadPlan: Sendable {
    /// What makes the next request.
    package enum Loop: Sendable {
        /// Time: requests arrive at a rate, whether or not those before them are answered.
        case open(rate: Double, Arrivals)
        /// An answer: as many requests are open as there are clients.
        case closed
    }

    package var loop: Loop
    /// The most requests that are open at a time.
    package var concurrency: Int
    /// Over how many connections they go; over HTTP/1.1 each has its own.
    package var connectionCount: Int
    /// Nanoseconds before requests count, and in which they do.
    package var warmUp: Int
    package var duration: Int
    /// Nanoseconds from the time when a request was to be sent to its answer, after which nobody waits for it.
    package var timeout: Int
    package var seed: UInt64 = 1

    /// A plan.
    package init(
        _ loop: Loop,
        concurrency: Int,
        connectionCount: Int,
        warmUp: Int,
        duration: Int,
        timeout: Int
    ) {
        self.loop = loop
        self.concurrency = concurrency
        self.connectionCount = connectionCount
        self.warmUp = warmUp
        self.duration = duration
        self.timeout = timeout
    }
}

/// What load showed.
package struct LoadResult: Sendable {
    package let plan: LoadPlan
    /// The times of the requests that were answered, each from when it was to be sent.
    package internal(set) var latencies = LatencyHistogram()
    /// The requests that were not answered, by what became of them.
    package internal(set) var errors: [String: Int] = [:]
    /// The requests that arrived while it was measured.
    package internal(set) var requestCount = 0

    /// Answers a second.
    package var throughput: Double { Double(latencies.totalCount) * 1e9 / Double(max(plan.duration, 1)) }

    package var errorCount: Int { errors.values.reduce(0, +) }
}

extension LoadOutcome {
    /// The kind of an error as reports name it.
    var words: String {
        switch self {
        case .answered: "answered"
        case .status(let status): "status \(status)"
        case .grpcStatus(let status): "grpc status \(status)"
        case .timeout: "timeout"
        case .connection(let words): words
        case .malformed: "malformed answer"
        case .notSent: "not sent in time"
        }
    }
}
