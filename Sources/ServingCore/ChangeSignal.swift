import Synchronization

/// Tells those who wait for it that something has changed.
package final class ChangeSignal: Sendable {
    private struct State {
        var lastID = 0
        var waiting: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// A signal that nobody waits for.
    package init() {}

    /// Somebody who may wait; when it goes, nobody does any more.
    package final class Listener: Sendable {
        private let signal: ChangeSignal
        private let id: Int

        fileprivate init(_ signal: ChangeSignal, _ id: Int) {
            self.signal = signal
            self.id = id
        }

        deinit { _ = signal.state.withLock { [id] in $0.waiting.removeValue(forKey: id) } }

        /// Has something called at the next change, once, on the thread that made it.
        package func wait(_ body: @escaping @Sendable () -> Void) {
            signal.state.withLock { $0.waiting[id] = body }
        }
    }

    /// Somebody new who may wait.
    package func listener() -> Listener {
        Listener(
            self,
            state.withLock { state in
                state.lastID += 1
                return state.lastID
            }
        )
    }

    /// Says that there was a change.
    package func notify() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for body in waiting { body() }
    }
}
