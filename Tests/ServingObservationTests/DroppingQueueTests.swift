import Glibc
import ServingObservation
import Testing
import Threads

@Suite struct DroppingQueueTests {
    @Test func `what does not fit is dropped and counted`() throws {
        let queue = try #require(DroppingQueue<Int>(limit: 3))
        for number in 0..<5 { queue.append(number) }
        #expect(queue.take(linger: 0) == [0, 1, 2])
        #expect(queue.droppedCount == 2)
        queue.append(7, weight: 4)
        queue.append(8, weight: 3)
        #expect(queue.take(linger: 0) == [8])
        #expect(queue.droppedCount == 3)
    }

    @Test func `what waits is taken when the queue has ended, and nothing more`() throws {
        let queue = try #require(DroppingQueue<Int>(limit: 3))
        queue.append(1)
        queue.end()
        queue.append(2)
        #expect(queue.take(linger: 60_000) == [1])
        #expect(queue.take(linger: 60_000) == nil)
        #expect(queue.droppedCount == 1)
    }

    @Test func `a thread that sleeps is woken`() throws {
        let queue = try #require(DroppingQueue<Int>(limit: 1000))
        let taken = Background {
            var taken: [Int] = []
            while let some = queue.take(linger: 0) { taken += some }
            return taken
        }
        for number in 0..<500 {
            queue.append(number)
            sched_yield()
        }
        queue.end()
        #expect(try taken.value() == Array(0..<500))
    }
}
