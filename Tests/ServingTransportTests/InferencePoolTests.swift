import Dispatch
import NIOCore
import NIOEmbedded
import ServingTransport
import Testing

@Suite struct InferencePoolTests {
    private let pool = InferencePool(threadCount: 1, queueLength: 1)
    private let service = RefusingService()
    private let loop = NIOAsyncTestingEventLoop()

    @Test func `one request too many is told to come back later`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let accepted = (0..<2).map { _ in
            pool.submit(on: loop, for: service, unless: Abandonment()) { _ in
                gate.wait()
                return HTTPResponse(status: .ok)
            }
        }
        let refused = try await pool.submit(on: loop, for: service, unless: Abandonment()) { _ in
            HTTPResponse(status: .ok)
        }.get()
        #expect(refused.status == .unavailable)
        #expect(refused.body == Array("2 requests are being computed or wait, expected fewer".utf8))
        for future in accepted {
            gate.signal()
            #expect(try await future.get().status == .ok)
        }
        #expect(
            try await pool.submit(on: loop, for: service, unless: Abandonment()) { _ in HTTPResponse(status: .ok) }
                .get().status == .ok
        )
        pool.shutDown()
        await loop.shutdownGracefully()
    }

    @Test func `a request that would wait for too long is told so`() async throws {
        let pool = InferencePool(threadCount: 1, queueLength: 100, longestWait: .nanoseconds(1))
        let gate = DispatchSemaphore(value: 0)
        // Nothing is known of the first, which takes a while.
        let first = pool.submit(on: loop, for: service, unless: Abandonment()) { _ in HTTPResponse(status: .ok) }
        #expect(try await first.get().status == .ok)
        let second = pool.submit(on: loop, for: service, unless: Abandonment()) { _ in
            gate.wait()
            return HTTPResponse(status: .ok)
        }
        let third = try await pool.submit(on: loop, for: service, unless: Abandonment()) { _ in
            HTTPResponse(status: .ok)
        }.get()
        #expect(third.status == .unavailable)
        #expect(String(decoding: third.body, as: UTF8.self).hasPrefix("the request would wait for "))
        gate.signal()
        #expect(try await second.get().status == .ok)
        pool.shutDown()
    }

    @Test func `short work is done at once only while a thread is idle`() async throws {
        #expect(pool.computeAtOnce { _ in HTTPResponse(status: .ok) }?.status == .ok)
        let gate = DispatchSemaphore(value: 0)
        let other = pool.submit(on: loop, for: service, unless: Abandonment()) { _ in
            gate.wait()
            return HTTPResponse(status: .ok)
        }
        #expect(pool.computeAtOnce { _ in HTTPResponse(status: .ok) }?.status == nil)
        gate.signal()
        #expect(try await other.get().status == .ok)
        #expect(pool.count == 0)
        pool.shutDown()
        await loop.shutdownGracefully()
    }

    @Test func `a request whose client has left is not computed`() async throws {
        let abandonment = Abandonment()
        abandonment.set()
        let response = try await pool.submit(on: loop, for: service, unless: abandonment) { _ in
            HTTPResponse(status: .ok)
        }.get()
        #expect(response.status == .internalError)
        pool.shutDown()
        await loop.shutdownGracefully()
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
