import Dispatch
import NIOCore
import NIOEmbedded
import ServingHTTP
import Testing

@Suite struct InferencePoolTests {
    private let pool = InferencePool(threadCount: 1, queueLength: 1)
    private let loop = NIOAsyncTestingEventLoop()

    @Test func `one request too many is told to come back later`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let accepted = (0..<2).map { _ in
            pool.submit(on: loop, unless: Abandonment()) {
                gate.wait()
                return HTTPResponse(status: .ok)
            }
        }
        let refused = try await pool.submit(on: loop, unless: Abandonment()) { HTTPResponse(status: .ok) }.get()
        #expect(refused.status == .unavailable)
        #expect(refused.header("retry-after") == "1")
        #expect(refused.error == "2 requests are being computed or wait, expected fewer")
        for future in accepted {
            gate.signal()
            #expect(try await future.get().status == .ok)
        }
        #expect(
            try await pool.submit(on: loop, unless: Abandonment()) { HTTPResponse(status: .ok) }.get().status == .ok
        )
        pool.shutDown()
        await loop.shutdownGracefully()
    }

    @Test func `a request whose client has left is not computed`() async throws {
        let abandonment = Abandonment()
        abandonment.set()
        let response = try await pool.submit(on: loop, unless: abandonment) { HTTPResponse(status: .ok) }.get()
        #expect(response.status == .internalError)
        pool.shutDown()
        await loop.shutdownGracefully()
    }
}
