import Dispatch
import Scheduling
import Synchronization
import Testing

@Suite struct WorkPoolTests {
    private func pool(_ runCount: Int, waiting: Int = 256) -> WorkPool {
        var limits = WorkQueue.Limits()
        limits.runCount = runCount
        limits.waitingCount = waiting
        limits.wait = .none
        return WorkPool(limits)
    }

    private func submit(
        _ name: String,
        _ group: TestGroup,
        to pool: WorkPool,
        unless abandonment: Abandonment = Abandonment(),
        isHereWelcome: Bool = false,
        refuse: @escaping @Sendable (Rejection) -> Void = { _ in }
    ) -> WorkPool.Submission {
        let client = TestClient()
        return pool.submit(
            Work(of: group, name, client: ObjectIdentifier(client), unless: abandonment, refuse: refuse),
            isHereWelcome: isHereWelcome
        )
    }

    @Test func `what comes while a thread is busy is done together`() {
        let pool = pool(1)
        defer { pool.shutDown() }
        let (begun, gate, done) = (semaphore(), semaphore(), semaphore())
        var policy = WorkPolicy()
        policy.batching = WorkPolicy.Batching(maximumSize: 64)
        let group = TestGroup(policy) { members in
            if members == ["first"] {
                begun.signal()
                gate.wait()
            }
            for _ in members { done.signal() }
        }
        #expect(submit("first", group, to: pool) == .waits)
        begun.wait()
        for number in 0..<8 { #expect(submit("\(number)", group, to: pool) == .waits) }
        gate.signal()
        for _ in 0..<9 { done.wait() }
        #expect(group.runs.map(\.count) == [1, 8])
    }

    @Test func `a request whose client has left is not done`() {
        let pool = pool(1)
        defer { pool.shutDown() }
        let refused = semaphore()
        let rejection = Mutex(Rejection?.none)
        let gone = Abandonment()
        gone.set()
        let group = TestGroup()
        let submission = submit("a", group, to: pool, unless: gone) { reason in
            rejection.withLock { $0 = reason }
            refused.signal()
        }
        #expect(submission == .waits)
        refused.wait()
        #expect(rejection.withLock(\.self) == .abandoned)
        #expect(group.runs.isEmpty)
    }

    @Test func `threads and callers together do no more at a time than allowed`() {
        let pool = pool(2)
        defer { pool.shutDown() }
        let (begun, gate, done) = (semaphore(), semaphore(), semaphore())
        let group = TestGroup { members in
            if members[0].hasPrefix("long") {
                begun.signal()
                gate.wait()
            }
            done.signal()
        }
        for _ in 0..<16 { group.expect(nanoseconds: 1000) }
        #expect(submit("long 1", group, to: pool) == .waits)
        #expect(submit("long 2", group, to: pool) == .waits)
        begun.wait()
        begun.wait()
        // Both are busy: it waits although it is short.
        #expect(submit("short", group, to: pool, isHereWelcome: true) == .waits)
        gate.signal()
        gate.signal()
        for _ in 0..<3 { done.wait() }
        #expect(Set(group.runs.flatMap(\.self)) == ["long 1", "long 2", "short"])
    }

    @Test func `work that waits behind what a caller does is begun when that is done`() {
        let pool = pool(1)
        defer { pool.shutDown() }
        let done = semaphore()
        let inner = TestGroup { _ in done.signal() }
        let outer = TestGroup { _ in
            // The only run that is allowed is this one.
            _ = self.submit("inner", inner, to: pool)
            #expect(inner.runs.isEmpty)
        }
        for _ in 0..<16 { outer.expect(nanoseconds: 1000) }
        guard case .done = submit("outer", outer, to: pool, isHereWelcome: true) else {
            Issue.record("the work was not done at once")
            return
        }
        done.wait()
        #expect(inner.runs == [["inner"]])
    }

    @Test func `a batch that is not complete is done when its time is over`() {
        let pool = pool(2)
        defer { pool.shutDown() }
        let done = semaphore()
        var policy = WorkPolicy()
        var batching = WorkPolicy.Batching(maximumSize: 64)
        batching.maximumDelay = 1_000_000
        policy.batching = batching
        let group = TestGroup(policy) { _ in done.signal() }
        #expect(submit("a", group, to: pool) == .waits)
        done.wait()
        #expect(group.runs == [["a"]])
    }

    @Test func `many clients on many threads are each answered once`() {
        let pool = pool(4, waiting: 100_000)
        defer { pool.shutDown() }
        var policy = WorkPolicy()
        policy.batching = WorkPolicy.Batching(maximumSize: 8)
        let done = semaphore()
        let groups = [TestGroup(policy) { $0.forEach { _ in done.signal() } }, TestGroup { _ in done.signal() }]
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for number in 0..<1000 {
                _ = self.submit("\(thread) \(number)", groups[number % 2], to: pool, isHereWelcome: number % 3 == 0)
            }
        }
        for _ in 0..<4000 { done.wait() }
        let names = groups.flatMap { $0.runs.flatMap(\.self) }
        #expect(Set(names).count == 4000)
        #expect(names.count == 4000)
    }

    @Test func `the end refuses what waits, and lets what has begun be done`() {
        let pool = pool(1)
        let (begun, gate, done, refused) = (semaphore(), semaphore(), semaphore(), semaphore())
        let group = TestGroup { _ in
            begun.signal()
            gate.wait()
            done.signal()
        }
        _ = submit("a", group, to: pool)
        begun.wait()
        _ = submit("b", group, to: pool) { if $0 == .ended { refused.signal() } }
        pool.shutDown()
        refused.wait()
        #expect(submit("c", group, to: pool) == .refused(.ended))
        gate.signal()
        done.wait()
        #expect(group.runs == [["a"]])
    }

    private func semaphore() -> DispatchSemaphore { DispatchSemaphore(value: 0) }
}
