import Dispatch
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
                .queued(
                    QueuedWork { _ in
                        gate.wait()
                        return HTTPResponse(status: .ok)
                    }
                ),
                resources
            )
        }
        let refused = try await answer(.queued(QueuedWork { _ in HTTPResponse(status: .ok) }), resources).get()
        #expect(refused.status == .unavailable)
        #expect(refused.body == Array("2 requests are being computed or wait, expected fewer".utf8))
        for future in accepted {
            gate.signal()
            #expect(try await future.get().status == .ok)
        }
        resources.shutDown()
        let late = try await answer(.queued(QueuedWork { _ in HTTPResponse(status: .ok) }), resources).get()
        #expect(late.body == Array("the server is shutting down".utf8))
    }

    @Test func `a connection that has most of the queue is told so`() async throws {
        let resources = resources { $0.work.waitingCount = 2 }
        let (gate, client) = (DispatchSemaphore(value: 0), RefusingClient())
        let accepted = (0..<3).map { _ in
            answer(
                .queued(
                    QueuedWork { _ in
                        gate.wait()
                        return HTTPResponse(status: .ok)
                    }
                ),
                resources,
                for: client
            )
        }
        let refused = try await answer(.queued(QueuedWork { _ in HTTPResponse(status: .ok) }), resources, for: client)
            .get()
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
            .queued(QueuedWork { _ in HTTPResponse(status: .ok) }),
            resources,
            unless: abandonment
        ).get()
        #expect(response.status == .internalError)
        resources.shutDown()
    }

    @Test func `short work is done on the connection's own thread only while another is idle`() async throws {
        let resources = resources { _ in }
        let short = HTTPWork.queued(QueuedWork(isShort: true) { _ in HTTPResponse(status: .ok) })
        #expect(resources.answerAtOnce(short)?.status == .ok)
        #expect(resources.answerAtOnce(.queued(QueuedWork { _ in HTTPResponse(status: .ok) }))?.status == nil)
        let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let other = answer(
            .queued(
                QueuedWork { _ in
                    begun.signal()
                    gate.wait()
                    return HTTPResponse(status: .ok)
                }
            ),
            resources
        )
        begun.wait()
        #expect(resources.answerAtOnce(short)?.status == nil)
        gate.signal()
        #expect(try await other.get().status == .ok)
        resources.shutDown()
    }

    @Test func `work may say itself how it is refused`() async throws {
        let resources = resources { _ in }
        resources.shutDown()
        var work = QueuedWork { _ in HTTPResponse(status: .ok) }
        work.refused = { HTTPResponse(status: .ok, body: Array("in the stream: \($0.message)".utf8)) }
        let refused = try await answer(.queued(work), resources).get()
        #expect(refused.body == Array("in the stream: the server is shutting down".utf8))
        #expect(resources.refusals.count(.shutdown) == 1)
    }

    @Test func `requests of a group are answered together, each on its own`() async throws {
        let resources = resources { _ in }
        let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let first = answer(
            .queued(
                QueuedWork { _ in
                    begun.signal()
                    gate.wait()
                    return HTTPResponse(status: .ok)
                }
            ),
            resources
        )
        begun.wait()
        let group = CountingGroup()
        let answers = (0..<3).map { _ in
            var work = QueuedWork { _ in HTTPResponse(status: .internalError) }
            work.group = group
            work.together = { Work(of: group, $0, together: $1) }
            return answer(.queued(work), resources)
        }
        gate.signal()
        #expect(try await first.get().status == .ok)
        for (index, future) in answers.enumerated() {
            #expect(try await future.get().body == [3, UInt8(index)])
        }
        resources.shutDown()
    }
}

/// A group that answers with how many are answered at once, and the place among them.
private final class CountingGroup: WorkGroup {
    let pace = WorkPace()
    let policy = {
        var policy = WorkPolicy()
        policy.batching = WorkPolicy.Batching(maximumSize: 3)
        return policy
    }()

    func run(_ members: [QueuedWork.Respond]) {
        for (index, respond) in members.enumerated() {
            respond(HTTPResponse(status: .ok, body: [UInt8(members.count), UInt8(index)]))
        }
    }
}

private final class RefusingClient: Sendable {
    // Kept, so that no two have one identity.
    private static let all = Mutex([RefusingClient]())

    init() { Self.all.withLock { $0.append(self) } }
}

/// A service that only says why it refuses.
private struct RefusingService: HTTPService {
    let isDraining = false

    func work(for request: HTTPRequest) -> HTTPWork { .immediate(HTTPResponse(status: .ok)) }

    func response(to refusal: Refusal) -> HTTPResponse {
        HTTPResponse(status: refusal.status, body: Array(refusal.message.utf8))
    }
}
