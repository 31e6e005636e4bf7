import Dispatch
import NIOCore
import NIOEmbedded
import Scheduling
import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport
import Testing

/// Requests that wait for the only thread together, for a model whose settings let them run as one.
@Suite struct BatchedInferenceTests {
    private let model: ServedModel
    private let router: Router
    private let resources: ServerResources
    private let loop = NIOAsyncTestingEventLoop()

    init() throws {
        var settings = ModelSettings()
        settings.batching = ModelSettings.Batching()
        settings.priorities = ModelSettings.Priorities(levelCount: 2, defaultLevel: 2)
        model = try ServedModel.load(
            path: repositoryRoot + "/Tests/ServingCoreTests/Fixtures/batching/table.onnx",
            name: "table",
            version: "1",
            settings: settings
        )
        router = Router(plane: DataPlane(ModelCatalog(try ModelRepository([model]))), bodyByteLimit: 1 << 16)
        var limits = ServerLimits()
        limits.work.waitingCount = 8
        resources = ServerResources(limits)
    }

    private func submit(
        _ body: String,
        headers: [(name: String, value: String)] = [],
        unless abandonment: Abandonment = Abandonment()
    ) -> EventLoopFuture<HTTPResponse> {
        let request = HTTPRequest("POST", "/v2/models/table/infer", headers: headers, body: Array(body.utf8))
        return resources.answer(
            router.work(for: request),
            of: router,
            for: abandonment,
            on: loop,
            unless: abandonment
        )
    }

    /// Answers requests that have all arrived when the only thread becomes free.
    private func together(_ submit: () -> [EventLoopFuture<HTTPResponse>]) async throws -> [HTTPResponse] {
        let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let busy = QueuedWork { _ in
            begun.signal()
            gate.wait()
            return HTTPResponse(status: .ok)
        }
        let first = resources.answer(.queued(busy), of: router, for: model, on: loop, unless: Abandonment())
        begun.wait()
        let futures = submit()
        gate.signal()
        _ = try await first.get()
        var answers: [HTTPResponse] = []
        for future in futures { answers.append(try await future.get()) }
        resources.shutDown()
        return answers
    }

    private func body(_ numbers: [Int], _ parameters: String = "") -> String {
        let shape = "[\(numbers.count)]"
        return #"{\#(parameters)"inputs":[{"name":"I","datatype":"INT64","shape":\#(shape),"data":\#(numbers)}]}"#
    }

    @Test func `requests run at once, and what is wrong with one is told to nobody else`() async throws {
        let gone = Abandonment()
        gone.set()
        let answers = try await together {
            [
                submit(body([1])), submit(body([99])), submit("{"),
                submit(#"{"inputs":[{"name":"I","datatype":"FP32","shape":[1],"data":[1]}]}"#),
                submit(body([2, 3])), submit(body([4]), unless: gone),
                submit("bomb", headers: [("content-encoding", "gzip")]), submit(body([0], #""id":"last","#)),
            ]
        }
        #expect(answers.map(\.status.rawValue) == [200, 400, 400, 400, 200, 500, 400, 200])
        #expect(answers[0].text.hasSuffix(#""shape":[1,2],"data":[2.0,3.0]}]}"#))
        #expect(answers[1].error?.contains("99") == true)
        #expect(answers[4].text.hasSuffix(#""shape":[2,2],"data":[4.0,5.0,6.0,7.0]}]}"#))
        #expect(answers[7].text.hasSuffix(#""shape":[1,2],"data":[0.0,1.0]}]}"#))
        #expect(answers[7].text.contains(#""id":"last""#))
        #expect(model.policy.batching != nil)
    }

    @Test func `requests without a fault are one run`() async throws {
        let answers = try await together { (0..<8).map { submit(body([$0])) } }
        for (index, answer) in answers.enumerated() {
            #expect(answer.text.hasSuffix("\"data\":[\(2 * index).0,\(2 * index + 1).0]}]}"))
        }
        #expect(model.statistics.snapshot.executionCount == 1)
        #expect(model.statistics.snapshot.batches.mapValues(\.infer.count) == [8: 1])
    }

    @Test func `a request beyond the queue is told when to come back, a more urgent one takes a place`() async throws {
        let answers = try await together {
            (0..<9).map { submit(body([$0])) } + [submit(body([9], #""parameters":{"priority":1},"#))]
        }
        #expect(answers.map(\.status.rawValue) == [200, 200, 200, 200, 200, 200, 200, 503, 503, 200])
        #expect(answers[8].headers.contains { $0.name == "retry-after" && $0.value == "1" })
        #expect(answers[9].text.hasSuffix(#""data":[18.0,19.0]}]}"#))
    }

    @Test func `what a short request needs does not change with the settings`() throws {
        let request = HTTPRequest("POST", "/v2/models/table/infer", body: Array(body([5]).utf8))
        #expect(router.answer(request).text.hasSuffix(#""data":[10.0,11.0]}]}"#))
        guard case .queued(let work) = router.work(for: request) else {
            Issue.record("inference is queued")
            return
        }
        #expect(work.isShort == model.statistics.isShort)
        resources.shutDown()
    }
}
