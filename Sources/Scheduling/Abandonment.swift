import Synchronization

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
