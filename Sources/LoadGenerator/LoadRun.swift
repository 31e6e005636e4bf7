import CPoll
import Glibc

/// Puts load on a server from one thread, and takes the time of each request from when it was to be sent: a server that
/// makes clients wait does not slow down what arrives, so that nothing is left out of the figures.
package final class LoadRun {
    private let plan: LoadPlan
    private let connections: [LoadConnection]
    /// The connections that take one more request, each as often as it does.
    private var free: [Int]
    private var arrivals: ArrivalSequence?
    private var result: LoadResult
    private var openCount = 0
    private var nextSweep = 0
    private let start: Int
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

    private static let sweepInterval = 20_000_000

    /// A run that starts now.
    package init(_ target: LoadTarget, _ plan: LoadPlan) {
        self.plan = plan
        connections = (0..<plan.connectionCount).map { _ in LoadConnection(target) }
        free = (0..<plan.concurrency).map { $0 % plan.connectionCount }.reversed()
        if case .open(let rate, let kind) = plan.loop { arrivals = ArrivalSequence(kind, rate: rate, seed: plan.seed) }
        result = LoadResult(plan: plan)
        start = monotonicTime()
    }

    deinit { room.deallocate() }

    /// Runs until all requests are answered, or given up.
    ///
    /// *Parameter* progress: gets the nanoseconds that have passed now and then.
    package func run(progress: (Int) -> Void = { _ in }) -> LoadResult {
        var now = monotonicTime()
        while now - start < total || openCount > 0 || hasDue(now) {
            sendDue(now)
            wait(until: nextWake(now))
            now = monotonicTime()
            guard now >= nextSweep else { continue }
            nextSweep = now + Self.sweepInterval
            sweep(now)
            progress(now - start)
        }
        return result
    }

    private var total: Int { plan.warmUp + plan.duration }

    /// Whether a request that arrived is not sent.
    private func hasDue(_ now: Int) -> Bool {
        guard let arrivals else { return false }
        return arrivals.next < Double(min(now - start, total))
    }

    // MARK: Sending

    private func sendDue(_ now: Int) {
        guard arrivals == nil else {
            while hasDue(now), let next = arrivals?.next {
                let intended = start + Int(next)
                let isLate = now - intended > plan.timeout
                guard isLate || hasFree(now) else { return }
                arrivals?.advance()
                count(intended)
                if isLate { fail(intended, .notSent) } else { begin(intended: intended, now) }
            }
            return
        }
        guard now - start < total else { return }
        // Each at most once, so that a server that refuses connections does not keep the loop.
        for _ in 0..<free.count where hasFree(now) {
            count(now)
            begin(intended: now, now)
        }
    }

    /// Whether a connection takes a request, which then is the last of `free`.
    private func hasFree(_ now: Int) -> Bool {
        guard let index = free.lastIndex(where: { connections[$0].pausedUntil <= now }) else { return false }
        free.swapAt(index, free.count - 1)
        return true
    }

    private func begin(intended: Int, _ now: Int) {
        guard let index = free.popLast() else { return }
        openCount += 1
        if let words = connections[index].begin(LoadRequest(intended: intended, sent: now)) {
            let isOpen = connections[index].exchange.open.contains { $0.intended == intended && $0.sent == now }
            close(index, .connection(words))
            if !isOpen { finish(index, LoadRequest(intended: intended, sent: now), .connection(words)) }
        }
    }

    // MARK: Receiving

    private func nextWake(_ now: Int) -> Int {
        var wake = nextSweep
        if let arrivals, arrivals.next < Double(total), !free.isEmpty { wake = min(wake, start + Int(arrivals.next)) }
        if now - start < total { wake = min(wake, start + total) }
        return max(wake, now)
    }

    private func wait(until wake: Int) {
        var indices: [Int] = []
        var awaited: [pollfd] = []
        for (index, connection) in connections.enumerated() {
            guard let entry = connection.awaited else { continue }
            indices.append(index)
            awaited.append(entry)
        }
        let left = max(0, wake - monotonicTime())
        var timeout = timespec(tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000)
        guard ppoll(&awaited, nfds_t(awaited.count), &timeout, nil) > 0 else { return }
        for (index, entry) in zip(indices, awaited) where entry.revents != 0 {
            let words = connections[index].handle(entry.revents, room) { [self] request, outcome in
                finish(index, request, outcome)
            }
            if let words { close(index, .connection(words)) }
        }
    }

    /// Closes the connections with requests that nobody waits for any more.
    private func sweep(_ now: Int) {
        for (index, connection) in connections.enumerated()
        where connection.exchange.open.contains(where: { now - $0.intended > plan.timeout }) {
            close(index, .timeout)
        }
    }

    private func close(_ index: Int, _ outcome: LoadOutcome) {
        let hadRequests = !connections[index].exchange.open.isEmpty
        for request in connections[index].close(at: monotonicTime(), isFailure: hadRequests) {
            finish(index, request, outcome)
        }
    }

    // MARK: Counting

    private func finish(_ index: Int, _ request: LoadRequest, _ outcome: LoadOutcome) {
        openCount -= 1
        free.append(index)
        guard isMeasured(request.intended) else { return }
        if outcome == .answered {
            result.latencies.record(monotonicTime() - request.intended)
        } else {
            fail(request.intended, outcome)
        }
    }

    private func isMeasured(_ intended: Int) -> Bool { (plan.warmUp..<total).contains(intended - start) }

    private func count(_ intended: Int) { if isMeasured(intended) { result.requestCount += 1 } }

    private func fail(_ intended: Int, _ outcome: LoadOutcome) {
        if isMeasured(intended) { result.errors[outcome.words, default: 0] += 1 }
    }
}

/// Nanoseconds of a clock that nobody sets.
func monotonicTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
