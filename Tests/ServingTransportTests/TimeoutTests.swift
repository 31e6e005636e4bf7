import NIOCore
import NIOEmbedded
import ServingTransport
import Testing

@Suite struct TimeoutTests {
    private let loop = EmbeddedEventLoop()
    private let count = Count()

    private final class Count {
        var value = 0
    }

    private var timeout: Timeout { Timeout(loop) { [count] in count.value += 1 } }

    @Test func `what is due is done once`() {
        let timeout = timeout
        timeout.set(.seconds(2))
        loop.advanceTime(by: .milliseconds(1999))
        #expect(count.value == 0)
        loop.advanceTime(by: .seconds(10))
        #expect(count.value == 1)
        timeout.set(.seconds(1))
        loop.advanceTime(by: .seconds(1))
        #expect(count.value == 2)
    }

    @Test func `putting it off counts from then`() {
        let timeout = timeout
        for _ in 0..<5 {
            timeout.set(.seconds(2))
            loop.advanceTime(by: .milliseconds(1500))
        }
        #expect(count.value == 0)
        loop.advanceTime(by: .milliseconds(500))
        #expect(count.value == 1)
    }

    @Test func `a shorter time holds at once`() {
        let timeout = timeout
        timeout.set(.seconds(60))
        timeout.set(.seconds(1))
        loop.advanceTime(by: .seconds(1))
        #expect(count.value == 1)
        loop.advanceTime(by: .seconds(60))
        #expect(count.value == 1)
    }

    @Test func `what is cleared is not done, and may be set again`() {
        let timeout = timeout
        timeout.set(.seconds(1))
        timeout.clear()
        loop.advanceTime(by: .seconds(5))
        #expect(count.value == 0)
        timeout.set(.seconds(1))
        loop.advanceTime(by: .seconds(1))
        #expect(count.value == 1)
    }

    @Test func `after the end nothing is due`() {
        let timeout = timeout
        timeout.set(.seconds(1))
        timeout.end()
        timeout.set(.seconds(1))
        loop.advanceTime(by: .seconds(5))
        #expect(count.value == 0)
    }
}
