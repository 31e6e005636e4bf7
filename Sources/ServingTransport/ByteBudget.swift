import Synchronization

/// The bytes that the bodies of all requests, or of all answers, may take together while they are on their way.
package final class ByteBudget: Sendable {
    private let limit: Int
    private let taken = Atomic(0)

    /// A budget of so many bytes.
    package init(byteCount: Int) { limit = byteCount }

    /// Takes bytes out of the budget; `false` when they are not there.
    func take(_ byteCount: Int) -> Bool {
        guard taken.add(byteCount, ordering: .relaxed).newValue <= limit else {
            taken.subtract(byteCount, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Puts bytes back.
    func give(_ byteCount: Int) { taken.subtract(byteCount, ordering: .relaxed) }
}
