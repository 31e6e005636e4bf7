import Synchronization

/// How long the work of a group takes, as far as the last of it tells.
package final class WorkPace: Sendable {
    private let mean = Atomic(0)
    private let meanSize = Atomic(1)
    private let meanGap = Atomic(0)
    private let lastArrival = Atomic(0)

    /// Nothing is known yet.
    package init() {}

    /// How long the work of one request takes in nanoseconds; 0 when nothing is known.
    package var nanoseconds: Int { mean.load(ordering: .relaxed) }

    /// How long it takes until more work for the queue comes, in nanoseconds, the mean of some tens of times; 0 when nothing
    /// is known.
    package var gap: Int { meanGap.load(ordering: .relaxed) }

    /// How much of a batch a request takes, in rows: 1 or more.
    package var size: Int { meanSize.load(ordering: .relaxed) }

    /// Takes a run into account; of two at once, one may go uncounted.
    package func note(nanoseconds: Int, requestCount: Int) {
        let each = nanoseconds / max(1, requestCount)
        let old = mean.load(ordering: .relaxed)
        mean.store(old == 0 ? each : old + (each - old) / 8, ordering: .relaxed)
    }

    /// Takes into account that work comes; one after a pause tells of a tenth of a second at most.
    package func noteArrival(at now: Int) {
        let last = lastArrival.load(ordering: .relaxed)
        guard now > last else { return }
        lastArrival.store(now, ordering: .relaxed)
        guard last > 0 else { return }
        let (new, old) = (min(now - last, 100_000_000), gap)
        meanGap.store(old == 0 ? new : old + (new - old) / 32, ordering: .relaxed)
    }

    /// Takes the rows of a request into account.
    package func note(size: Int) {
        let old = meanSize.load(ordering: .relaxed)
        guard size != old else { return }
        // Rounded away from what it was, so that it arrives.
        let step = size > old ? (size - old + 7) / 8 : (size - old - 7) / 8
        meanSize.store(max(1, old + step), ordering: .relaxed)
    }
}
