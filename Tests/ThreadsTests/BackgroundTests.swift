import Synchronization
import Testing
import Threads

@Suite struct BackgroundTests {
    private struct Failure: Error, Equatable {}

    @Test func `the value is made once, whoever asks for it`() throws {
        let count = Mutex(0)
        let value = Background { count.withLock { $0 += 1 } }
        try concurrently([0, 1, 2], limit: 3, makeWorker: {}, { _, _ in try value.value() })
        try value.value()
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `a failure is thrown each time`() {
        let value = Background<Int> { throw Failure() }
        for _ in 1...2 { #expect(throws: Failure()) { try value.value() } }
    }

    @Test func `a value that nobody asks for does no harm`() {
        for index in 1...100 { _ = Background { index } }
    }
}
