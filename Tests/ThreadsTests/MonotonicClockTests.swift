import Testing
import Threads

@Suite struct MonotonicClockTests {
    @Test func `time does not go back`() {
        let times = (0..<1000).map { _ in monotonicNanoseconds() }
        #expect(times == times.sorted())
    }
}
