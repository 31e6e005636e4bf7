import Glibc
import Synchronization
import Threads

/// A thread that does its work until a queue ends.
package final class QueueThread: Sendable {
    private let isDone: Flag
    private let background: Background<Void>

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    /// Starts the thread.
    package init(_ body: @escaping @Sendable () -> Void) {
        let isDone = Flag()
        self.isDone = isDone
        background = Background {
            body()
            isDone.value.store(true, ordering: .releasing)
        }
    }

    /// Waits until the work is done, for no longer than a time.
    package func wait(milliseconds: Int) {
        for _ in 0..<milliseconds where !isDone.value.load(ordering: .acquiring) { usleep(1000) }
    }
}
