import NIOCore
import NIOPosix
import Synchronization

/// How much an event loop has computed itself since it last looked what its connections have for it.
///
/// What it computes, others wait for: after a millisecond the rest is left to the threads.
final class LoopShare: Sendable {
    private static let limit = 1_000_000
    private static let current = ThreadSpecificVariable<LoopShare>()

    // Of one thread; atomic only so that the loop's own task may hold them.
    private let nanoseconds = Atomic(0)
    private let isCounting = Atomic(false)

    /// That of the calling thread.
    static func ofThisThread() -> LoopShare {
        if let share = current.currentValue { return share }
        let share = LoopShare()
        current.currentValue = share
        return share
    }

    /// Whether the loop may compute some more.
    var isLeft: Bool { nanoseconds.load(ordering: .relaxed) < Self.limit }

    /// Takes what the loop has computed into account until it looks at its connections again.
    func count(_ nanoseconds: Int, on eventLoop: any EventLoop) {
        self.nanoseconds.add(nanoseconds, ordering: .relaxed)
        guard !isCounting.exchange(true, ordering: .relaxed) else { return }
        eventLoop.execute {
            self.nanoseconds.store(0, ordering: .relaxed)
            self.isCounting.store(false, ordering: .relaxed)
        }
    }
}
