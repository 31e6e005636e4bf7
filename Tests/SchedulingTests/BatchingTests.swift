import Scheduling
import TestSupport
import Testing

@Suite struct BatchingTests {
    private func group(_ maximumSize: Int, preferred: [Int] = [], delay: Int = 0) -> TestGroup {
        var policy = WorkPolicy()
        var batching = WorkPolicy.Batching(maximumSize: maximumSize)
        batching.preferredSizes = preferred
        batching.maximumDelay = delay
        policy.batching = batching
        return TestGroup(policy)
    }

    private func sizes(_ group: TestGroup, of count: Int) -> [Int] {
        var queue = TestQueue()
        for number in 0..<count { queue.submit("\(number)", group) }
        return queue.takeAll().map(\.count)
    }

    @Test func `what waits for a group is taken together, and nothing of another`() {
        let (group, other) = (group(64), group(64))
        var queue = TestQueue()
        queue.submit("a", group)
        queue.submit("x", other)
        queue.submit("b", group)
        #expect(queue.takeAll() == [["a", "b"], ["x"]])
    }

    @Test func `batches are powers of two, so that few plans are made`() {
        #expect(sizes(group(64), of: 1) == [1])
        #expect(sizes(group(64), of: 13) == [8, 4, 1])
        #expect(sizes(group(6), of: 13) == [6, 6, 1])
    }

    @Test func `preferred sizes are stopped at`() {
        #expect(sizes(group(16, preferred: [4, 6]), of: 15) == [6, 6, 2, 1])
        #expect(sizes(group(16, preferred: [4]), of: 3) == [2, 1])
    }

    @Test func `rows count as far as the last requests tell`() {
        let group = group(64)
        for _ in 0..<100 { group.pace.note(size: 16) }
        #expect(group.pace.size == 16)
        #expect(sizes(group, of: 9) == [4, 4, 1])
        for _ in 0..<100 { group.pace.note(size: 1) }
        #expect(group.pace.size == 1)
        for _ in 0..<100 { group.pace.note(size: 1000) }
        #expect(sizes(group, of: 2) == [1, 1])
    }

    @Test func `a batch that is not complete waits for as long as it may, from the first arrival on`() {
        let group = group(8, preferred: [4], delay: 1000)
        var queue = TestQueue()
        let start = queue.now
        queue.submit("a", group)
        queue.now += 600
        queue.submit("b", group)
        #expect(queue.take() == nil)
        guard case .nothing(let end) = queue.queue.take(at: queue.now) else {
            Issue.record("a batch was taken that is not complete")
            return
        }
        #expect(end == start + 1000)
        queue.now += 400
        #expect(queue.take() == ["a", "b"])
    }

    @Test func `a batch that is complete does not wait`() {
        let group = group(8, preferred: [4], delay: 1000)
        var queue = TestQueue()
        for name in ["a", "b", "c", "d", "e"] { queue.submit(name, group) }
        #expect(queue.take() == ["a", "b", "c", "d"])
        #expect(queue.take() == nil)
    }

    @Test func `a batch that waits keeps no thread from other work`() {
        let (patient, other) = (group(8, delay: 1000), TestGroup())
        var queue = TestQueue()
        queue.submit("a", patient)
        queue.submit("x", other)
        #expect(queue.take() == ["x"])
        #expect(queue.queue.wantsThread)
    }

    @Test(arguments: 0..<50)
    func `everything is done once, in batches no larger than allowed`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let groups = (0..<3).map { _ in group(Int.random(in: 1...9, using: &random)) }
        let clients = (0..<4).map { _ in TestClient() }
        var queue = TestQueue { $0.waitingCount = 1000 }
        var submitted: [String] = []
        for number in 0..<200 {
            guard Int.random(in: 0..<3, using: &random) > 0 else {
                _ = queue.take()
                continue
            }
            submitted.append("\(number)")
            let group = groups[Int.random(in: 0..<3, using: &random)]
            let client = clients[Int.random(in: 0..<4, using: &random)]
            queue.submit("\(number)", group, client, level: Int.random(in: 0..<3, using: &random))
        }
        _ = queue.takeAll()
        #expect(queue.queue.waitingCount == 0)
        let runs = groups.flatMap(\.runs)
        #expect(runs.flatMap(\.self).sorted() == submitted.sorted())
        for group in groups {
            let most = group.policy.batching?.maximumSize ?? 0
            #expect(group.runs.allSatisfy { $0.count <= most })
        }
    }
}
