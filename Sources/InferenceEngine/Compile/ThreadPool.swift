import CKernels
import Synchronization

/// Threads that the sessions of a process share.
struct ThreadPool: Sendable {
    let threadCount: Int
    /// Where the pool lies, which lives as long as the process and may be used from any thread; 0 for a single thread.
    private let address: UInt

    /// `nil` for a single thread.
    var pool: OpaquePointer? { OpaquePointer(bitPattern: address) }

    /// Processors that the process may use, by its affinity and its control group.
    static let usableProcessorCount = max(1, Int(ck_usable_processor_count()))

    private static let shared = Mutex<[Int: ThreadPool]>([:])

    /// The pool of so many threads, the calling one included: one for the process.
    static func shared(threadCount: Int) -> ThreadPool {
        let count = min(max(1, threadCount), 1024)
        guard count > 1 else { return ThreadPool(threadCount: 1, address: 0) }
        return shared.withLock { pools in
            if let pool = pools[count] { return pool }
            let pool = ck_pool_create(UInt32(count))
            let made = ThreadPool(threadCount: pool == nil ? 1 : count, address: UInt(bitPattern: pool))
            pools[count] = made
            return made
        }
    }
}
