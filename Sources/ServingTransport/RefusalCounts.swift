import Synchronization

/// How many requests were refused before anybody looked at what they ask for, by reason.
package final class RefusalCounts: Sendable {
    private let state = Mutex([Refusal.Reason: Int]())

    /// No request was refused.
    package init() {}

    /// Counts a refusal.
    package func note(_ reason: Refusal.Reason) { state.withLock { $0[reason, default: 0] &+= 1 } }

    /// How many were refused for a reason.
    package func count(_ reason: Refusal.Reason) -> Int { state.withLock { $0[reason, default: 0] } }
}
