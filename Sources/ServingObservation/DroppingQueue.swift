import Glibc
import Synchronization

/// Elements on their way to a thread of their own, which takes them many at a time.
///
/// Whoever appends is never kept waiting: elements beyond the limit are dropped and counted.
package final class DroppingQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var weight = 0
        /// Whether the thread waits without an end, and is to be woken.
        var isAsleep = false
        var isEnded = false
    }

    private let limit: Int
    private let state = Mutex(State())
    private let dropped = Atomic(0)
    /// The thread sleeps at the reading end of a pipe.
    private let readingEnd: CInt
    private let writingEnd: CInt

    /// An empty queue; `nil` when there is no pipe to be had.
    ///
    /// *Parameter* limit: the most weight that may wait.
    package init?(limit: Int) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            // Neither fails for a pipe that was just opened.
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.limit = limit
        readingEnd = ends[0]
        writingEnd = ends[1]
    }

    deinit {
        close(readingEnd)
        close(writingEnd)
    }

    /// How many elements were dropped, here or by who took them.
    package var droppedCount: Int { dropped.load(ordering: .relaxed) }

    /// Notes that elements came to nothing behind the queue.
    package func drop(_ count: Int) { dropped.add(count, ordering: .relaxed) }

    /// Appends an element, or drops it when there are too many, or the queue has ended.
    package func append(_ element: Element, weight: Int = 1) {
        let (isTaken, wakes) = state.withLock { state in
            guard !state.isEnded, state.weight + weight <= limit else { return (false, false) }
            state.elements.append(element)
            state.weight += weight
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if !isTaken { drop(1) }
        if wakes { wake() }
    }

    /// Takes all that has come, once something has and `linger` has passed; `nil` when the queue has ended and is empty.
    ///
    /// *Parameter* linger: how long is waited for more, in milliseconds.
    package func take(linger: Int) -> [Element]? {
        while true {
            let (isEmpty, isEnded) = state.withLock { state in
                state.isAsleep = state.elements.isEmpty && !state.isEnded
                return (state.elements.isEmpty, state.isEnded)
            }
            guard !isEmpty || !isEnded else { return nil }
            sleep(isEnded ? 0 : isEmpty ? -1 : linger)
            if !isEmpty { break }
        }
        return state.withLock { state in
            let elements = state.elements
            state.elements = []
            state.weight = 0
            return elements
        }
    }

    /// Waits for so many milliseconds, or until the queue ends.
    package func pause(milliseconds: Int) {
        guard !isEnded else { return }
        sleep(milliseconds)
    }

    /// Whether nothing is taken any more.
    package var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Takes no further elements, and has those that wait taken at once.
    package func end() {
        state.withLock { $0.isEnded = true }
        wake()
    }

    private func wake() {
        var byte: UInt8 = 0
        _ = write(writingEnd, &byte, 1)
    }

    private func sleep(_ milliseconds: Int) {
        var entry = pollfd(fd: readingEnd, events: Int16(POLLIN), revents: 0)
        guard milliseconds != 0, poll(&entry, 1, CInt(clamping: milliseconds)) > 0 else { return }
        var byte: UInt8 = 0
        _ = read(readingEnd, &byte, 1)
    }
}
