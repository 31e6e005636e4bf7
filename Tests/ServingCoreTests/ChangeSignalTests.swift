import ServingCore
import Synchronization
import Testing

@Suite struct ChangeSignalTests {
    @Test func `whoever waits is told of the next change once, until it goes`() {
        let signal = ChangeSignal()
        let count = Mutex(0)
        var listeners = (0..<3).map { _ in signal.listener() }
        for listener in listeners { listener.wait { count.withLock { $0 += 1 } } }
        listeners.removeLast()
        signal.notify()
        signal.notify()
        #expect(count.withLock { $0 } == 2)
        listeners[0].wait { count.withLock { $0 += 10 } }
        signal.notify()
        #expect(count.withLock { $0 } == 12)
    }

    @Test func `the end of a server is a change`() throws {
        let plane = DataPlane(try ModelCatalog(paths: []))
        let listener = plane.changes.listener()
        let isTold = Mutex(false)
        listener.wait { isTold.withLock { $0 = true } }
        plane.drain()
        #expect(isTold.withLock { $0 } && plane.isDraining)
    }
}
