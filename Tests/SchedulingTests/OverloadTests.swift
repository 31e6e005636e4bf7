import Scheduling
import Testing

@Suite struct OverloadTests {
    private let group = TestGroup()

    @Test func `one request too many is refused`() {
        var queue = TestQueue { $0.waitingCount = 1 }
        #expect(queue.submit("a", group) == .waits)
        #expect(queue.take(isDone: false) == ["a"])
        #expect(queue.submit("b", group) == .waits)
        #expect(queue.submit("c", group) == .refused(.full(count: 2)))
        queue.queue.finish(group)
        #expect(queue.takeAll() == [["b"]])
        #expect(queue.submit("d", group) == .waits)
    }

    @Test func `a queue of no length takes what can be begun`() {
        var queue = TestQueue { $0.waitingCount = 0 }
        #expect(queue.submit("a", group) == .waits)
        #expect(queue.submit("b", group) == .refused(.full(count: 1)))
    }

    @Test func `a group may have a shorter queue`() {
        var policy = WorkPolicy()
        policy.waitingLimit = 1
        let limited = TestGroup(policy)
        var queue = TestQueue()
        queue.submit("a", limited)
        #expect(queue.take(isDone: false) == ["a"])
        #expect(queue.submit("b", limited) == .waits)
        #expect(queue.submit("c", limited) == .refused(.groupFull(count: 1)))
        #expect(queue.submit("x", group) == .waits)
    }

    @Test func `who has most of a full queue is told so, and makes way for others`() {
        var queue = TestQueue { $0.waitingCount = 4 }
        let (greedy, modest) = (TestClient(), TestClient())
        queue.submit("running", group)
        #expect(queue.take(isDone: false) == ["running"])
        for number in 0..<4 { queue.submit("\(number)", group, greedy) }
        #expect(queue.submit("4", group, greedy) == .refused(.ownShare(count: 4)))
        #expect(queue.submit("a", group, modest) == .waits)
        #expect(queue.refused == ["3": .full(count: 5)])
        queue.queue.finish(group)
        #expect(queue.takeAll().flatMap(\.self) == ["0", "a", "1", "2"])
    }

    @Test func `urgent work takes the place of what is less urgent`() {
        var queue = TestQueue { $0.waitingCount = 1 }
        queue.submit("running", group)
        #expect(queue.take(isDone: false) == ["running"])
        queue.submit("low", group, level: 2)
        #expect(queue.submit("high", group, level: 0) == .waits)
        #expect(queue.refused == ["low": .full(count: 2)])
        #expect(queue.submit("low again", group, level: 2) == .refused(.full(count: 2)))
    }

    @Test func `work that would wait for too long is refused`() {
        var queue = TestQueue { $0.wait = .fixed(100) }
        group.expect(nanoseconds: 60)
        queue.submit("running", group)
        #expect(queue.take(isDone: false) == ["running"])
        #expect(queue.submit("a", group) == .waits)
        #expect(queue.submit("b", group) == .refused(.late(wait: 120, limit: 100)))
    }

    @Test func `in overload the queue gets short, and long again when it is over`() {
        var queue = TestQueue {
            $0.wait = .adaptive
            $0.waitingCount = 20
        }
        let millisecond = 1_000_000
        group.expect(nanoseconds: 25 * millisecond)
        queue.submit("running", group)
        _ = queue.take(isDone: false)
        for number in 0..<20 {
            queue.now += 20 * millisecond
            #expect(queue.submit("\(number)", group) == .waits)
        }
        #expect(queue.submit("20", group) == .refused(.full(count: 21)))
        // The whole queue was full; then there is as much as is done in the time of a run.
        #expect(queue.queue.waitingCount == 1)
        #expect(queue.refused.count == 19)
        #expect(queue.refused["0"] == nil)
        #expect(queue.submit("21", group) == .refused(.late(wait: 50 * millisecond, limit: 37_500_000)))
        queue.now += 900 * millisecond
        #expect(queue.submit("soon", group) != .waits)
        queue.now += 1100 * millisecond
        #expect(queue.submit("later", group) == .waits)
        #expect(queue.submit("and more", group) == .waits)
    }

    @Test func `where much more comes than can be done, none waits`() {
        var queue = TestQueue {
            $0.wait = .adaptive
            $0.waitingCount = 20
        }
        let millisecond = 1_000_000
        group.expect(nanoseconds: 25 * millisecond)
        queue.submit("running", group)
        _ = queue.take(isDone: false)
        for number in 0..<21 {
            queue.now += millisecond
            queue.submit("\(number)", group)
        }
        #expect(queue.queue.waitingCount == 0)
        guard case .refused(.late(_, let limit)) = queue.submit("21", group) else {
            Issue.record("more than a thread can do is taken")
            return
        }
        #expect((millisecond..<25 * millisecond).contains(limit))
        queue.queue.finish(group)
        #expect(queue.submit("22", group) == .waits)
    }

    @Test func `work of a slow group is not kept out by a fast one`() {
        let (slow, fast) = (TestGroup(), TestGroup())
        let millisecond = 1_000_000
        slow.expect(nanoseconds: 25 * millisecond)
        fast.expect(nanoseconds: millisecond)
        var queue = TestQueue {
            $0.wait = .adaptive
            $0.waitingCount = 20
        }
        for number in 0..<40 {
            queue.now += millisecond / 10
            queue.submit("\(number)", fast)
        }
        #expect(queue.queue.waitingCount <= 1)
        #expect(queue.take(isDone: false) != nil)
        #expect(queue.submit("slow", slow) == .waits)
        queue.queue.finish(fast)
        queue.takeAll()
        queue.now += 500 * millisecond
        queue.submit("running", fast)
        _ = queue.take(isDone: false)
        #expect(queue.submit("slow again", slow) == .waits)
    }

    @Test func `an overload is over when there was nothing to do for a while`() {
        var queue = TestQueue {
            $0.wait = .adaptive
            $0.waitingCount = 20
        }
        let millisecond = 1_000_000
        group.expect(nanoseconds: 5 * millisecond)
        for number in 0..<22 { queue.submit("\(number)", group) }
        #expect(queue.queue.waitingCount < 3)
        queue.takeAll()
        // A burst every half second, which is no overload.
        for burst in 0..<3 {
            queue.now += 500 * millisecond
            for number in 0..<12 { #expect(queue.submit("\(burst)/\(number)", group) == .waits) }
            queue.takeAll()
        }
    }

    @Test func `those who make way one after the other are an overload`() {
        var queue = TestQueue {
            $0.wait = .adaptive
            $0.waitingCount = 8
        }
        group.expect(nanoseconds: 25_000_000)
        queue.submit("running", group)
        _ = queue.take(isDone: false)
        for number in 0..<4 {
            let client = TestClient()
            queue.submit("\(number)", group, client)
            queue.submit("\(number) again", group, client)
        }
        #expect(queue.submit("new", group) == .waits)
        #expect(queue.queue.waitingCount < 3)
    }

    @Test func `a client that fills the queue alone makes no overload`() {
        var queue = TestQueue {
            $0.wait = .adaptive
            $0.waitingCount = 4
        }
        group.expect(nanoseconds: 25_000_000)
        let (greedy, modest) = (TestClient(), TestClient())
        queue.submit("running", group)
        _ = queue.take(isDone: false)
        for number in 0..<4 { queue.submit("\(number)", group, greedy) }
        #expect(queue.submit("4", group, greedy) == .refused(.ownShare(count: 4)))
        #expect(queue.submit("a", group, modest) == .waits)
        #expect(queue.queue.waitingCount == 4)
    }

    @Test func `work of a fast group is not kept out by a slow one`() {
        let (slow, fast) = (TestGroup(), TestGroup())
        slow.expect(nanoseconds: 100_000_000)
        fast.expect(nanoseconds: 50_000)
        var queue = TestQueue {
            $0.wait = .adaptive
            $0.waitingCount = 50
        }
        queue.submit("running", slow)
        _ = queue.take(isDone: false)
        for number in 0..<100 { queue.submit("\(number)", slow) }
        #expect(queue.queue.waitingCount < 50)
        #expect(queue.submit("fast", fast) == .waits)
    }
}
