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
        refuse: @escaping @Sendable (Rejection) -> Void = { _ in }
    ) {
        let ticket = WorkTicket(client: TestClient(), unless: abandonment, refuse: refuse)
        pool.submit(Work(of: group, ticket, together: name))
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
        submit("first", group, to: pool)
        begun.wait()
        for number in 0..<8 { submit("\(number)", group, to: pool) }
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
        submit("a", group, to: pool, unless: gone) { reason in
            rejection.withLock { $0 = reason }
            refused.signal()
        }
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
        submit("long 1", group, to: pool)
        submit("long 2", group, to: pool)
        begun.wait()
        begun.wait()
        #expect(pool.performAtOnce(for: group) { true } == nil)
        submit("short", group, to: pool)
        #expect(pool.waitingCount == 1)
        gate.signal()
        gate.signal()
        for _ in 0..<3 { done.wait() }
        #expect(Set(group.runs.flatMap(\.self)) == ["long 1", "long 2", "short"])
    }

    @Test func `work that waits behind what a caller does is begun when that is done`() {
        let pool = pool(1)
        defer { pool.shutDown() }
        let done = semaphore()
        let group = TestGroup { _ in done.signal() }
        let isDone = pool.performAtOnce(for: PlainWork()) {
            // The only run that is allowed is this one.
            submit("a", group, to: pool)
            return group.runs.isEmpty && pool.waitingCount == 1
        }
        #expect(isDone == true)
        done.wait()
        #expect(group.runs == [["a"]])
    }

    @Test func `a batch of one is done as soon as a thread is free`() {
        let pool = pool(1)
        defer { pool.shutDown() }
        let done = semaphore()
        var policy = WorkPolicy()
        policy.batching = WorkPolicy.Batching(maximumSize: 64)
        let group = TestGroup(policy) { _ in done.signal() }
        // Nothing but this can begin it: no clock moves, and no other request comes.
        submit("a", group, to: pool)
        done.wait()
        #expect(group.runs == [["a"]])
    }

    @Test func `work for one request is done beside that for several`() {
        let pool = pool(1)
        defer { pool.shutDown() }
        let done = semaphore()
        let group = TestGroup { _ in done.signal() }
        let ticket = WorkTicket(client: TestClient(), unless: Abandonment()) { _ in }
        pool.submit(Work(of: group, ticket, alone: { done.signal() }))
        submit("a", group, to: pool)
        done.wait()
        done.wait()
        #expect(group.runs == [["a"]])
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
        submit("a", group, to: pool)
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
                let (name, group) = ("\(thread) \(number)", groups[number % 2])
                let isShort = number % 3 == 0
                let isDone = isShort && pool.performAtOnce(for: group) { group.run([name]) } != nil
                if !isDone { self.submit(name, group, to: pool) }
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
        submit("a", group, to: pool)
        begun.wait()
        submit("b", group, to: pool) { if $0 == .ended { refused.signal() } }
        pool.shutDown()
        refused.wait()
        submit("c", group, to: pool) { if $0 == .ended { refused.signal() } }
        refused.wait()
        #expect(pool.performAtOnce(for: group) { true } == nil)
        gate.signal()
        done.wait()
        #expect(group.runs == [["a"]])
    }

    private func semaphore() -> DispatchSemaphore { DispatchSemaphore(value: 0) }
}
