import Scheduling
import Testing

@Suite struct WorkQueueTests {
    private let group = TestGroup()

    @Test func `work is taken in the order of its arrival, one by one`() {
        var queue = TestQueue()
        for name in ["a", "b", "c"] { queue.submit(name, group) }
        #expect(queue.takeAll() == [["a"], ["b"], ["c"]])
    }

    @Test func `no more is done at a time than allowed`() {
        var queue = TestQueue { $0.runCount = 2 }
        for name in ["a", "b", "c"] { queue.submit(name, group) }
        #expect(queue.take(isDone: false) == ["a"])
        #expect(queue.take(isDone: false) == ["b"])
        #expect(queue.take() == nil)
        #expect(!queue.queue.wantsThread)
        queue.queue.finish(group)
        #expect(queue.queue.wantsThread)
        #expect(queue.take() == ["c"])
    }

    @Test func `clients take turns, however much each sends`() {
        var queue = TestQueue { $0.waitingCount = 2000 }
        let (one, other, third) = (TestClient(), TestClient(), TestClient())
        for number in 0..<1000 { queue.submit("one \(number)", group, one) }
        queue.submit("other 0", group, other)
        queue.submit("other 1", group, other)
        queue.submit("third 0", group, third)
        let order = queue.takeAll().flatMap(\.self)
        #expect(order.prefix(6) == ["one 0", "other 0", "third 0", "one 1", "other 1", "one 2"])
        #expect(order.count == 1003)
    }

    @Test func `a client that always comes back does not keep another from its next turn`() {
        var queue = TestQueue()
        let (one, other) = (TestClient(), TestClient())
        for number in 0..<10 { queue.submit("one \(number)", group, one) }
        var order: [String] = []
        for number in 0..<10 {
            queue.submit("other \(number)", group, other)
            order += queue.take() ?? []
            order += queue.take() ?? []
        }
        #expect(order.count { $0.hasPrefix("one") } == 10)
    }

    @Test func `new clients do not overtake one for ever`() {
        var queue = TestQueue()
        let one = TestClient()
        queue.submit("one 0", group, one)
        queue.submit("one 1", group, one)
        #expect(queue.take() == ["one 0"])
        var taken = 0
        while taken < 1000 {
            queue.submit("new", group)
            taken += 1
            if queue.take() == ["one 1"] { break }
        }
        #expect(taken <= 64)
    }

    @Test func `urgent work is first, and what is less urgent has its turn all the same`() {
        var queue = TestQueue()
        let (low, high) = (TestClient(), TestClient())
        queue.submit("low", group, low, level: 1)
        queue.submit("high", group, high, level: 0)
        #expect(queue.take() == ["high"])
        var overtaken = 1
        while overtaken < 1000 {
            queue.submit("high", group, high, level: 0)
            if queue.take() == ["low"] { break }
            overtaken += 1
        }
        #expect(overtaken >= 64)
        #expect(overtaken < 1000)
    }

    @Test func `a group at its limit keeps no thread from the work of another`() {
        var policy = WorkPolicy()
        policy.runLimit = 1
        let limited = TestGroup(policy)
        var queue = TestQueue { $0.runCount = 4 }
        for name in ["a", "b"] { queue.submit(name, limited) }
        queue.submit("c", group)
        #expect(queue.take(isDone: false) == ["a"])
        #expect(queue.take(isDone: false) == ["c"])
        #expect(queue.take() == nil)
        #expect(!queue.queue.wantsThread)
        queue.queue.finish(limited)
        #expect(queue.take() == ["b"])
    }

    @Test func `work is begun at once when nothing is before it`() {
        var queue = TestQueue { $0.runCount = 2 }
        var begun = [queue.beginAtOnce(group), queue.beginAtOnce(group), queue.beginAtOnce(group)]
        #expect(begun == [true, true, false])
        queue.queue.finish(group)
        queue.submit("waits", group)
        begun = [queue.beginAtOnce(group)]
        #expect(queue.take() == ["waits"])
        begun.append(queue.beginAtOnce(group))
        #expect(begun == [false, true])
    }

    @Test func `work of a group at its limit, or whose batches wait for others, is not begun at once`() {
        var policy = WorkPolicy()
        policy.runLimit = 1
        let limited = TestGroup(policy)
        policy.runLimit = nil
        policy.batching = WorkPolicy.Batching(maximumSize: 8)
        let together = TestGroup(policy)
        policy.batching?.maximumDelay = 1
        let patient = TestGroup(policy)
        var queue = TestQueue { $0.runCount = 4 }
        let begun = [limited, limited, together, patient].map { queue.beginAtOnce($0) }
        #expect(begun == [true, false, true, false])
    }

    @Test func `what waits can be taken out`() {
        var queue = TestQueue()
        for name in ["a", "b"] { queue.submit(name, group) }
        #expect(queue.queue.removeAll().count == 2)
        #expect(queue.queue.waitingCount == 0)
        #expect(queue.take() == nil)
    }
}
