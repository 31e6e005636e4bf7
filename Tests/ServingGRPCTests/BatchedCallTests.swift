import Dispatch
import NIOCore
import NIOEmbedded
import Scheduling
import ServingCore
import ServingGRPC
import ServingTransport
import TestSupport
import Testing

/// Calls that wait for the only thread together, for a model whose settings let them run as one.
@Suite struct BatchedCallTests {
    private let model: ServedModel
    private let service: GRPCService
    private let resources: ServerResources
    private let loop = NIOAsyncTestingEventLoop()

    init() throws {
        var settings = ModelSettings()
        settings.batching = ModelSettings.Batching()
        model = try ServedModel.load(
            path: repositoryRoot + "/Tests/ServingCoreTests/Fixtures/batching/table.onnx",
            name: "table",
            version: "1",
            settings: settings
        )
        service = GRPCService(DataPlane(ModelCatalog(try ModelRepository([model]))), messageByteLimit: 1 << 20)
        var limits = ServerLimits()
        limits.work.waitingCount = 4
        resources = ServerResources(limits)
    }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    private func framed(_ message: [UInt8]) -> [UInt8] { [0, 0, 0, 0, UInt8(message.count)] + message }

    /// A request for rows of the table.
    private func message(_ numbers: [UInt8]) -> [UInt8] {
        let input =
            Self.field(1, Array("I".utf8)) + Self.field(2, Array("INT64".utf8)) + Self.field(3, [UInt8(numbers.count)])
        let raw = numbers.flatMap { [$0] + [UInt8](repeating: 0, count: 7) }
        return Self.field(1, Array("table".utf8)) + Self.field(5, input) + Self.field(7, raw)
    }

    private func unary(_ message: [UInt8]) -> HTTPWork {
        var request = HTTPRequest(
            "POST",
            "/inference.GRPCInferenceService/ModelInfer",
            headers: [("content-type", "application/grpc")],
            body: framed(message)
        )
        request.takesTrailers = true
        return service.work(for: request)
    }

    private func streamed(_ message: [UInt8]) throws -> HTTPWork {
        let head = HTTPRequest("POST", "/inference.GRPCInferenceService/ModelStreamInfer")
        var stream = try #require(service.stream(for: head))
        return try #require(framed(message).withUnsafeBytes { stream.receive($0) }.first)
    }

    /// Answers calls that have all arrived when the only thread becomes free.
    private func together(_ work: [HTTPWork]) async throws -> [HTTPResponse] {
        let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let busy = QueuedWork { _ in
            begun.signal()
            gate.wait()
            return HTTPResponse(status: .ok)
        }
        let first = resources.answer(.queued(busy), of: service, for: model, on: loop, unless: Abandonment())
        begun.wait()
        let futures = work.map {
            let client = Abandonment()
            return resources.answer($0, of: service, for: client, on: loop, unless: client)
        }
        gate.signal()
        _ = try await first.get()
        var answers: [HTTPResponse] = []
        for future in futures { answers.append(try await future.get()) }
        resources.shutDown()
        return answers
    }

    /// The bytes of a row of the table.
    private func row(_ number: Float) -> [UInt8] {
        [2 * number, 2 * number + 1].flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
    }

    @Test func `calls and messages of streams run at once`() async throws {
        let answers = try await together([
            unary(message([1])), try streamed(message([2])), unary(message([3, 4])), try streamed(message([5])),
        ])
        for (answer, numbers) in zip(answers, [[1], [2], [3, 4], [5]] as [[Float]]) {
            #expect(answer.body.suffix(8 * numbers.count).elementsEqual(numbers.flatMap(row)))
        }
        #expect(model.statistics.snapshot.executionCount == 1)
    }

    @Test func `what is wrong with a call is told to nobody else`() async throws {
        let answers = try await together([
            unary(message([1])), unary(message([99])), try streamed(message([98])), unary(message([2])),
        ])
        #expect(answers[0].body.suffix(8).elementsEqual(row(1)))
        #expect(answers[3].body.suffix(8).elementsEqual(row(2)))
        #expect(answers[1].headers.contains { $0.name == "grpc-status" && $0.value == "3" })
        #expect(String(decoding: answers[2].body, as: UTF8.self).contains("98"))
        #expect(answers[2].trailers.isEmpty)
    }

    @Test func `a message of a stream that finds the queue full is answered, and the stream goes on`() async throws {
        let full = (0..<4).map { unary(message([$0])) }
        let answers = try await together(full + [try streamed(message([4])), unary(message([5]))])
        #expect(answers[..<4].allSatisfy { $0.trailers.contains { $0.name == "grpc-status" && $0.value == "0" } })
        let words = String(decoding: answers[4].body, as: UTF8.self)
        #expect(words.contains("5 requests are being computed or wait, expected fewer"))
        #expect(answers[4].trailers.isEmpty)
        #expect(answers[5].headers.contains { $0.name == "grpc-status" && $0.value == "14" })
    }
}
