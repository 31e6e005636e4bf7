import Glibc
import Synchronization

/// Something that a thread of its own makes while the caller goes on.
///
/// For example:
///
///     let digest = Background { try digestOfFile(path) }
///     …
///     print(try digest.value())
package final class Background<Value: Sendable>: Sendable {
    private let body: @Sendable () throws -> Value
    private let thread = Mutex(pthread_t?.none)
    private let result = Mutex(Result<Value, any Error>?.none)

    /// Starts to make the value; when there is no thread to be had, it is made as soon as it is asked for.
    package init(_ body: @escaping @Sendable () throws -> Value) {
        self.body = body
        let started = startThread { self.make() }
        thread.withLock { $0 = started }
    }

    deinit {
        if let thread = thread.withLock(\.self) { pthread_detach(thread) }
    }

    /// The value, once it is there.
    ///
    /// *Throws*: what making it threw.
    package func value() throws -> Value {
        thread.withLock { thread in
            guard let running = thread else { return }
            pthread_join(running, nil)
            thread = nil
        }
        return try make().get()
    }

    @discardableResult
    private func make() -> Result<Value, any Error> {
        result.withLock { result in
            let made = result ?? Result(catching: body)
            result = made
            return made
        }
    }
}
