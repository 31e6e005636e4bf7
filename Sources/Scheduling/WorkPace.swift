import Synchronization

/// How long the work of a group takes, as far as the last of it tells.
package final class WorkPace: Sendable {
    /// Work is short below so many nanoseconds: less than waking another thread twice takes on a busy machine.
    package static let shortNanoseconds = 200_000

    private let mean = Atomic(0)
    private let meanSize = Atomic(1)
    private let credit = Atomic(0)

    /// Nothing is known yet.
    package init() {}

    /// How long the work of one request takes in nanoseconds; 0 when nothing is known.
    package var nanoseconds: Int { mean.load(ordering: .relaxed) }

    /// How much of a batch a request takes, in rows: 1 or more.
    package var size: Int { meanSize.load(ordering: .relaxed) }

    /// Whether the work has been short for long enough for a thread that has other things to do.
    ///
    /// Each short run earns a point, and a long one costs as many as bound the share of the time that it blocks others.
    package var isShort: Bool { credit.load(ordering: .relaxed) >= Self.trustedCredit }

    private static let trustedCredit = 16
    private static let mostCredit = 1024
    private static let creditOfShortTime = 16

    /// Takes a run into account; of two at once, one may go uncounted.
    package func note(nanoseconds: Int, requestCount: Int) {
        let each = nanoseconds / max(1, requestCount)
        let old = mean.load(ordering: .relaxed)
        mean.store(old == 0 ? each : old + (each - old) / 8, ordering: .relaxed)
        let held = credit.load(ordering: .relaxed)
        let earned = nanoseconds < Self.shortNanoseconds ? 1 : -Self.cost(of: nanoseconds)
        credit.store(min(Self.mostCredit, max(-Self.mostCredit * Self.mostCredit, held + earned)), ordering: .relaxed)
    }

    /// Takes the rows of a request into account.
    package func note(size: Int) {
        let old = meanSize.load(ordering: .relaxed)
        guard size != old else { return }
        // Rounded away from what it was, so that it arrives.
        let step = size > old ? (size - old + 7) / 8 : (size - old - 7) / 8
        meanSize.store(max(1, old + step), ordering: .relaxed)
    }

    private static func cost(of nanoseconds: Int) -> Int { nanoseconds / shortNanoseconds * creditOfShortTime }
}
