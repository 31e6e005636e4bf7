import CKernels
import Glibc
import Synchronization
import Testing

/// How often each index of a run was called.
private final class Calls: Sendable {
    let counts: [Counter]

    init(_ count: Int) { counts = (0..<count).map { _ in Counter() } }

    final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    func run(_ count: Int, on pool: OpaquePointer?) {
        ck_pool_run(
            pool,
            count,
            { context, index in
                guard let context else { return }
                let calls = Unmanaged<Calls>.fromOpaque(context).takeUnretainedValue()
                calls.counts[index].value.add(1, ordering: .relaxed)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}

/// A run within each index of a run.
private final class Nested: Sendable {
    let inner = Calls(5)
    let pool: SharedPool

    init(_ pool: SharedPool) { self.pool = pool }

    func run(_ count: Int) {
        ck_pool_run(
            pool.pool,
            count,
            { context, _ in
                guard let context else { return }
                let nested = Unmanaged<Nested>.fromOpaque(context).takeUnretainedValue()
                nested.inner.run(5, on: nested.pool.pool)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}

/// A pool that ends with its last user.
private final class SharedPool: Sendable {
    // SAFETY: the pool may be used from any thread, and its pointer does not change.
    nonisolated(unsafe) let pool: OpaquePointer?

    init(threads: UInt32) { pool = ck_pool_create(threads) }

    deinit { ck_pool_destroy(pool) }
}

/// A sum that threads add to, and the tasks that do.
private final class Sum: Sendable {
    let value = Atomic<Int>(0)

    func run(_ count: Int, on pool: OpaquePointer?) {
        ck_pool_run(
            pool,
            count,
            { context, index in
                guard let context else { return }
                Unmanaged<Sum>.fromOpaque(context).takeUnretainedValue().value.add(index + 1, ordering: .relaxed)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}

/// The slots that are taken, and how often each index was called.
private final class Slots: Sendable {
    let calls: Calls
    let taken = Calls(24)
    let used = Calls(24)
    let clashes = Calls.Counter()

    init(_ count: Int) { calls = Calls(count) }

    func run(on pool: OpaquePointer?) {
        ck_pool_run_slots(
            pool,
            calls.counts.count,
            { context, index, slot in
                guard let context else { return }
                let slots = Unmanaged<Slots>.fromOpaque(context).takeUnretainedValue()
                let (before, _) = slots.taken.counts[slot].value.add(1, ordering: .acquiringAndReleasing)
                if before != 0 { slots.clashes.value.add(1, ordering: .relaxed) }
                slots.used.counts[slot].value.add(1, ordering: .relaxed)
                slots.calls.counts[index].value.add(1, ordering: .relaxed)
                slots.taken.counts[slot].value.subtract(1, ordering: .acquiringAndReleasing)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}

/// The threads that tasks run on.
private final class ThreadsOfTasks: Sendable {
    private let noted = Mutex(Set<pthread_t>())
    var seen: Set<pthread_t> { noted.withLock(\.self) }

    func run(_ count: Int, on pool: OpaquePointer?) {
        ck_pool_run(
            pool,
            count,
            { context, _ in
                guard let context else { return }
                let threads = Unmanaged<ThreadsOfTasks>.fromOpaque(context).takeUnretainedValue()
                _ = threads.noted.withLock { $0.insert(pthread_self()) }
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}

@Test("a run calls each index once", arguments: [0, 1, 2, 3, 7, 20] as [UInt32])
func runCallsEachIndexOnce(threads: UInt32) {
    let shared = SharedPool(threads: threads)
    #expect(shared.pool != nil)
    #expect(ck_pool_thread_count(shared.pool) == max(1, threads))
    for count in [0, 1, 2, 3, 10, 1000] {
        let calls = Calls(count)
        calls.run(count, on: shared.pool)
        #expect(calls.counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    }
}

@Test("no two tasks have one slot at a time", arguments: [1, 2, 3, 20] as [UInt32], [1, 2, 3, 19, 500])
func slotsAreTakenOnce(threads: UInt32, count: Int) {
    let shared = SharedPool(threads: threads)
    let slots = Slots(count)
    for _ in 0..<200 { slots.run(on: shared.pool) }
    #expect(slots.clashes.value.load(ordering: .relaxed) == 0)
    #expect(slots.calls.counts.allSatisfy { $0.value.load(ordering: .relaxed) == 200 })
    let unused = slots.used.counts.dropFirst(max(1, min(Int(threads), count)))
    #expect(unused.allSatisfy { $0.value.load(ordering: .relaxed) == 0 })
}

@Test("without a pool the caller does the work")
func callerWorksWithoutPool() {
    let calls = Calls(10)
    calls.run(10, on: nil)
    #expect(calls.counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    #expect(ck_pool_thread_count(nil) == 1)
    ck_pool_destroy(nil)
}

@Test("a run inside a task is done by its caller")
func runInsideTask() {
    let nested = Nested(SharedPool(threads: 3))
    for _ in 0..<1000 { nested.run(4) }
    #expect(nested.inner.counts.allSatisfy { $0.value.load(ordering: .relaxed) == 4000 })
}

@Test("with as many callers as threads each does its own work")
func noHelperForManyCallers() {
    let shared = SharedPool(threads: 2)
    let threads = ThreadsOfTasks()
    ck_pool_enter(shared.pool)
    ck_pool_enter(shared.pool)
    for _ in 0..<1000 { threads.run(8, on: shared.pool) }
    #expect(threads.seen == [pthread_self()])
    ck_pool_leave(shared.pool)
    ck_pool_leave(shared.pool)
    ck_pool_enter(nil)
    ck_pool_leave(nil)
}

@Test("a million runs of random sizes miss nothing and repeat nothing", arguments: [2, 3, 5] as [UInt32])
func manyRuns(threads: UInt32) {
    let shared = SharedPool(threads: threads)
    var generator = SeededGenerator(seed: UInt64(threads))
    let sum = Sum()
    var expected = 0
    var wrongRuns = 0
    for _ in 0..<1_000_000 {
        let count = Int(truncatingIfNeeded: generator.next() >> 40) % 9
        sum.run(count, on: shared.pool)
        expected += count * (count + 1) / 2
        if sum.value.load(ordering: .relaxed) != expected { wrongRuns += 1 }
    }
    #expect(wrongRuns == 0)
}

@Test("several callers at once each get all of their work done")
func severalCallers() async {
    let shared = SharedPool(threads: 3)
    let wrongRuns = await withTaskGroup(of: Int.self) { group in
        for caller in 0..<4 {
            group.addTask {
                var generator = SeededGenerator(seed: UInt64(caller))
                let sum = Sum()
                var expected = 0
                var wrongRuns = 0
                for _ in 0..<100_000 {
                    let count = Int(truncatingIfNeeded: generator.next() >> 40) % 17
                    sum.run(count, on: shared.pool)
                    expected += count * (count + 1) / 2
                    if sum.value.load(ordering: .relaxed) != expected { wrongRuns += 1 }
                }
                return wrongRuns
            }
        }
        return await group.reduce(0, +)
    }
    #expect(wrongRuns == 0)
}

@Test("runs after a pause wake the workers that sleep")
func runsAfterPause() {
    let shared = SharedPool(threads: 4)
    let sum = Sum()
    for round in 1...200 {
        usleep(200)
        sum.run(64, on: shared.pool)
        #expect(sum.value.load(ordering: .relaxed) == round * 64 * 65 / 2)
    }
}

@Test("pools begin and end many times")
func poolsBeginAndEnd() {
    for round in 0..<500 {
        let shared = SharedPool(threads: 3)
        let sum = Sum()
        if round % 2 == 0 { sum.run(5, on: shared.pool) }
        #expect(sum.value.load(ordering: .relaxed) == (round % 2 == 0 ? 15 : 0))
    }
}

@Test("the usable processors are at least one and at most those that are online")
func usableProcessors() {
    #expect((1...max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).contains(Int(ck_usable_processor_count())))
}
