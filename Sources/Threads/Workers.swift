import Glibc
import Synchronization

/// Runs `body` over items on threads of their own, each with a worker that `makeWorker` made there.
///
/// After a failure no further item is begun; the first failure is thrown when all threads are done.
///
/// *Parameter* limit: how many threads there may be, the caller's own among them.
package func concurrently<Item: Sendable, Worker>(
    _ items: [Item],
    limit: Int,
    makeWorker: @escaping @Sendable () throws -> Worker,
    _ body: @escaping @Sendable (Worker, Item) throws -> Void
) throws {
    let queue = WorkQueue(items)
    let work: @Sendable () -> Void = {
        guard let first = queue.next() else { return }
        do {
            let worker = try makeWorker()
            var item: Item? = first
            while let current = item {
                try body(worker, current)
                item = queue.next()
            }
        } catch {
            queue.fail(error)
        }
    }
    var threads: [pthread_t] = []
    for _ in 1..<max(1, min(limit, items.count)) {
        guard let thread = startThread(work) else { break }
        threads.append(thread)
    }
    work()
    for thread in threads { pthread_join(thread, nil) }
    if let failure = queue.failure { throw failure }
}

/// What `body` makes of each item, in the order of the items.
///
/// *Throws*: as `concurrently`.
package func concurrentMap<Item: Sendable, Worker, Result: Sendable>(
    _ items: [Item],
    limit: Int,
    makeWorker: @escaping @Sendable () throws -> Worker,
    _ body: @escaping @Sendable (Worker, Item) throws -> Result
) throws -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: items.count))
    try concurrently(Array(items.enumerated()), limit: limit, makeWorker: makeWorker) { worker, item in
        let result = try body(worker, item.element)
        results.withLock { $0[item.offset] = result }
    }
    return results.withLock { $0.compactMap(\.self) }
}

private final class WorkQueue<Item: Sendable>: Sendable {
    private let items: [Item]
    private let state = Mutex((position: 0, failure: (any Error)?.none))

    init(_ items: [Item]) { self.items = items }

    func next() -> Item? {
        state.withLock { state in
            guard state.failure == nil, state.position < items.count else { return nil }
            state.position += 1
            return items[state.position - 1]
        }
    }

    func fail(_ error: any Error) { state.withLock { $0.failure = $0.failure ?? error } }

    var failure: (any Error)? { state.withLock { $0.failure } }
}
