import Dispatch
import Glibc
import NIOCore
import NIOEmbedded
import Scheduling
import ServingTransport
import Synchronization
import Testing

@Suite struct ServerResourcesTests {
    private let service = RefusingService()
    private let loop = NIOAsyncTestingEventLoop()

    private func resources(_ change: (inout ServerLimits) -> Void) -> ServerResources {
        var limits = ServerLimits()
        change(&limits)
        return ServerResources(limits)
    }

    private func answer(
        _ work: HTTPWork,
        _ resources: ServerResources,
        for client: AnyObject = RefusingClient(),
        unless abandonment: Abandonment = Abandonment()
    ) -> EventLoopFuture<HTTPResponse> {
        resources.answer(work, of: service, for: client, on: loop, unless: abandonment)
    }

    @Test func `one request too many is told to come back later`() async throws {
        let resources = resources { $0.work.waitingCount = 1 }
        let gate = DispatchSemaphore(value: 0)
        let accepted = (0..<2).map { _ in
            answer(
                .queued { _ in
                    gate.wait()
                    return HTTPResponse(status: .ok)
                },
                resources
            )
        }
        let refused = try await answer(.queued { _ in HTTPResponse(status: .ok) }, resources).get()
        #expect(refused.status == .unavailable)
        #expect(refused.body == Array("2 requests are being computed or wait, expected fewer".utf8))
        for future in accepted {
            gate.signal()
            #expect(try await future.get().status == .ok)
        }
        resources.shutDown()
        let late = try await answer(.queued { _ in HTTPResponse(status: .ok) }, resources).get()
        #expect(late.body == Array("the server is shutting down".utf8))
    }

    @Test func `a connection that has most of the queue is told so`() async throws {
        let resources = resources { $0.work.waitingCount = 2 }
        let (gate, client) = (DispatchSemaphore(value: 0), RefusingClient())
        let accepted = (0..<3).map { _ in
            answer(
                .queued { _ in
                    gate.wait()
                    return HTTPResponse(status: .ok)
                },
                resources,
                for: client
            )
        }
        let refused = try await answer(.queued { _ in HTTPResponse(status: .ok) }, resources, for: client).get()
        #expect(refused.status == .tooManyRequests)
        for future in accepted {
            gate.signal()
            #expect(try await future.get().status == .ok)
        }
        resources.shutDown()
    }

    @Test func `a request whose client has left is not computed`() async throws {
        let resources = resources { _ in }
        let abandonment = Abandonment()
        abandonment.set()
        let response = try await answer(
            .queued { _ in HTTPResponse(status: .ok) },
            resources,
            unless: abandonment
        ).get()
        #expect(response.status == .internalError)
        resources.shutDown()
    }

    @Test func `short work of a small request is done on the connection's own thread, until it has done a lot`() throws
    {
        let resources = resources { _ in }
        defer { resources.shutDown() }
        let loop = EmbeddedEventLoop()
        let group = ThreadGroup()
        let work = GroupedWork(of: group, byteCount: 100) { _, respond in respond }
        let first = resources.answer(.grouped(work), of: service, for: group, on: loop, unless: Abandonment())
        while group.threads.isEmpty { sched_yield() }
        #expect(group.threads == [false])
        for _ in 0..<16 { group.pace.note(nanoseconds: 1000, requestCount: 1) }
        // The thread that did the first may not have said yet that it is free.
        while resources.pool.count > 0 { sched_yield() }
        _ = resources.answer(.grouped(work), of: service, for: group, on: loop, unless: Abandonment())
        #expect(group.threads == [false, true])
        let large = GroupedWork(of: group, byteCount: 1 << 20) { _, respond in respond }
        _ = resources.answer(.grouped(large), of: service, for: group, on: loop, unless: Abandonment())
        while group.threads.count < 3 { sched_yield() }
        #expect(group.threads == [false, true, false])
        _ = first
    }
}

private final class RefusingClient: Sendable {}

/// A group that notes whether it works on the thread that made it.
private final class ThreadGroup: WorkGroup {
    let policy = WorkPolicy()
    let pace = WorkPace()
    private let own = pthread_self()
    private let noted = Mutex([Bool]())

    var threads: [Bool] { noted.withLock(\.self) }

    func run(_ members: [@Sendable (HTTPResponse) -> Void]) {
        noted.withLock { $0.append(pthread_equal(own, pthread_self()) != 0) }
    }
}

/// A service that only says why it refuses.
private struct RefusingService: HTTPService {
    let isDraining = false

    func work(for request: HTTPRequest) -> HTTPWork { .immediate(HTTPResponse(status: .ok)) }

    func response(to refusal: Refusal) -> HTTPResponse {
        HTTPResponse(status: refusal.status, body: Array(refusal.message.utf8))
    }
}
