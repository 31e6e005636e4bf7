import ServingCore
import ServingGRPC
import ServingTransport
import TestSupport
import Testing

/// Calls in parts: reflection and the health that is watched.
@Suite struct StreamTests {
    private let plane: DataPlane
    private let service: GRPCService

    init() throws {
        plane = DataPlane(
            try ModelCatalog(paths: [repositoryRoot + "/Tests/ServingCoreTests/Fixtures/models/linear.onnx"])
        )
        service = GRPCService(plane, messageByteLimit: 1 << 16)
    }

    private static let reflection = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo"

    private func stream(_ method: String) throws -> any HTTPStream {
        try #require(service.stream(for: HTTPRequest("POST", "/\(method)")))
    }

    /// The answer to a message of a call in parts.
    private func answer(_ stream: inout any HTTPStream, _ bytes: [UInt8]) -> [HTTPResponse] {
        bytes.withUnsafeBytes { stream.receive($0) }.map { work in
            if case .immediate(let response) = work { response } else { HTTPResponse(status: .internalError) }
        }
    }

    private func field(_ number: Int, _ text: String) -> [UInt8] { message { $0.write(number, bytes: text.utf8) } }

    @Test func `every service that is served is described`() throws {
        var stream = try stream(Self.reflection)
        let list = try #require(answer(&stream, framed(field(7, ""))).first)
        let text = String(decoding: list.body, as: UTF8.self)
        for name in Set(service.groups.keys.map { String($0.prefix { $0 != "/" }) }) {
            #expect(text.contains(name))
        }
        for name in service.groups.keys {
            let symbol = name.replacing("/", with: ".")
            let found = try #require(answer(&stream, framed(field(4, symbol))).first)
            #expect(String(decoding: found.body, as: UTF8.self).contains("proto3"), "\(symbol)")
        }
    }

    @Test func `messages that are cut or changed anywhere end in an answer or a status`() throws {
        let request = message { writer in
            writer.write(1, "host")
            writer.write(4, "inference.GRPCInferenceService")
        }
        for position in request.indices {
            var stream = try stream(Self.reflection)
            #expect(answer(&stream, framed(Array(request[..<position]))).count == 1)
            for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var changed = request
                changed[position] = byte
                var stream = try self.stream(Self.reflection)
                #expect(answer(&stream, framed(changed)).count == 1)
            }
        }
    }

    @Test func `health is told once, at changes, and until the end`() throws {
        var stream = try stream("grpc.health.v1.Health/Watch")
        #expect(body(stream.next {}) == nil)
        #expect(answer(&stream, framed([])).isEmpty)
        #expect(body(stream.finish()) == nil)
        #expect(body(stream.next {}) == [0, 0, 0, 0, 2, 8, 1])
        #expect(body(stream.next {}) == nil)
        plane.drain()
        #expect(body(stream.next {}) == [0, 0, 0, 0, 2, 8, 2])
        guard case .immediate(let end)? = stream.next({}) else {
            Issue.record("the call does not end")
            return
        }
        #expect(end.trailers.first?.value == "14")
        #expect(body(stream.next {}) == nil)
    }

    private func body(_ work: HTTPWork?) -> [UInt8]? {
        guard case .immediate(let response)? = work else { return nil }
        return response.body
    }

    @Test func `a service that is not there is told to be unknown, and a call without a message fails`() throws {
        var unknown = try stream("grpc.health.v1.Health/Watch")
        _ = answer(&unknown, framed(field(1, "x")))
        #expect(body(unknown.next {}) == [0, 0, 0, 0, 2, 8, 3])
        var empty = try stream("grpc.health.v1.Health/Watch")
        guard case .immediate(let end)? = empty.finish() else {
            Issue.record("the call does not end")
            return
        }
        #expect(end.trailers.first?.value == "13")
    }
}
