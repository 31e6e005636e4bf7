import Synchronization
import Testing
import Threads

@Suite struct WorkersTests {
    private struct Failure: Error, Equatable { let item: Int }

    @Test(arguments: [1, 2, 64]) func `every item is taken once, whatever the limit`(limit: Int) throws {
        let sum = Mutex(0)
        let workers = Mutex(0)
        try concurrently(Array(1...100), limit: limit) {
            workers.withLock { $0 += 1 }
        } _: { _, item in
            sum.withLock { $0 += item }
        }
        #expect(sum.withLock { $0 } == 5050)
        #expect((1...limit).contains(workers.withLock { $0 }))
    }

    @Test func `nothing is begun after a failure, which is thrown`() {
        let count = Mutex(0)
        #expect(throws: Failure(item: 3)) {
            try concurrently(Array(1...100), limit: 1) {
            } _: { _, item in
                count.withLock { $0 += 1 }
                if item == 3 { throw Failure(item: item) }
            }
        }
        #expect(count.withLock { $0 } == 3)
    }

    @Test func `a worker that cannot be made is a failure`() {
        #expect(throws: Failure(item: 0)) {
            try concurrently([1, 2, 3], limit: 2, makeWorker: { throw Failure(item: 0) }, { (_: Int, _: Int) in })
        }
    }

    @Test func `no items need no worker`() throws {
        try concurrently([Int](), limit: 4, makeWorker: { Issue.record("a worker for nothing") }, { _, _ in })
    }

    @Test func `results stand in the order of the items`() throws {
        let squares = try concurrentMap(Array(1...100), limit: 3, makeWorker: {}, { _, item in item * item })
        #expect(squares == (1...100).map { $0 * $0 })
    }

    @Test func `there is a processor`() { #expect(processorCount >= 1) }
}
