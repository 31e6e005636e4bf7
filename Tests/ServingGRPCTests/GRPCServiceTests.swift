import ServingCore
import ServingGRPC
import ServingTransport
import TestSupport
import Testing

@Suite struct GRPCServiceTests {
    private let plane: DataPlane
    private let service: GRPCService

    init() throws {
        let path = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/models/linear.onnx"
        plane = DataPlane(try ModelCatalog(paths: [path]))
        service = GRPCService(plane, messageByteLimit: 1 << 20)
    }

    /// A field of bytes, as protobuf writes it.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    private static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    private static let input = field(1, "X") + field(2, "FP32") + field(3, [1, 4])
    private static let request =
        field(1, "linear") + field(3, "42") + field(5, input) + field(7, [UInt8](repeating: 0, count: 16))

    private func framed(_ message: [UInt8]) -> [UInt8] { [0, 0, 0, 0, UInt8(message.count)] + message }

    private func call(
        _ method: String,
        _ body: [UInt8],
        headers: [(name: String, value: String)] = []
    ) -> (status: String, message: String, body: [UInt8]) {
        var request = HTTPRequest(
            "POST",
            "/\(method)",
            headers: [("content-type", "application/grpc")] + headers,
            body: body
        )
        request.takesTrailers = true
        let response =
            switch service.work(for: request) {
            case .immediate(let response): response
            case .queued(let work): work.answer(WorkContext())
            case .background(let work): work()
            }
        let fields = response.headers + response.trailers
        return (
            fields.first { $0.name == "grpc-status" }?.value ?? "",
            fields.first { $0.name == "grpc-message" }?.value ?? "", response.body
        )
    }

    private func infer(_ message: [UInt8]) -> (status: String, message: String, body: [UInt8]) {
        call("inference.GRPCInferenceService/ModelInfer", framed(message))
    }

    @Test func `raw inputs are answered with raw outputs`() {
        let answer = infer(Self.request)
        #expect(answer.status == "0")
        // Y = b = 1, 2, 3 for an input of zeros.
        let y: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]
        #expect(answer.body.suffix(12 + 2 + 16).prefix(12).elementsEqual(y))
    }

    @Test func `elements in contents are as good`() {
        let contents = Self.field(6, [UInt8](repeating: 0, count: 16))
        let message = Self.field(1, "linear") + Self.field(5, Self.input + Self.field(5, contents))
        #expect(infer(message).status == "0")
    }

    private static let refused: [(message: [UInt8], status: String, words: String)] = [
        ([], "5", "the model `` is not served, expected `linear`"),
        (field(1, "nope"), "5", "the model `nope` is not served, expected `linear`"),
        (field(1, "linear") + field(2, "9"), "5", "model `linear`: version `9` is not served, expected `1`"),
        (field(1, "linear"), "3", "not all inputs are given, expected also `X`"),
        (
            field(1, "linear") + field(5, input) + field(7, [0]) + field(7, [0]), "3",
            "`raw_input_contents` has 2 elements, expected one for each of 1 inputs"
        ),
        (field(1, [0xFF]), "3", "field 1 of `ModelInferRequest` is not UTF-8"),
        ([0x0A, 0xFF], "3", "offset 0: `ModelInferRequest` ends inside a varint"),
        (
            field(1, "linear") + field(5, field(1, "X") + field(2, "FP31") + field(3, [1])), "3",
            "input `X`: the datatype"
        ),
    ]

    @Test(arguments: refused)
    func `wrong messages are refused`(message: [UInt8], status: String, words: String) {
        let answer = infer(message)
        #expect(answer.status == status)
        #expect(answer.message.contains(words) || words.hasPrefix("offset"), "\(answer.message)")
    }

    @Test func `frames that are no message are refused`() {
        let method = "inference.GRPCInferenceService/ServerLive"
        let bodies: [[UInt8]] = [
            [], [0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0], [0, 0xFF, 0xFF, 0xFF, 0xFF], [2, 0, 0, 0, 0],
            [1, 0, 0, 0, 0],
        ]
        for body in bodies {
            #expect(!["0", ""].contains(call(method, body).status), "\(body)")
        }
        #expect(call(method, [0, 0, 0, 0, 0]).status == "0")
        #expect(call("inference.GRPCInferenceService/Nope", [0, 0, 0, 0, 0]).status == "12")
        #expect(call(method, [1, 0, 0, 0, 0], headers: [("grpc-encoding", "snappy")]).status == "12")
    }

    @Test(arguments: ["1", "99999999H", "+1S", "123456789n", "x", "-1S", ""])
    func `timeouts of any form do no harm`(text: String) {
        let answer = call(
            "inference.GRPCInferenceService/ModelInfer",
            framed(Self.request),
            headers: [("grpc-timeout", text)]
        )
        #expect((text == "99999999H") == (answer.status == "0"))
    }

    @Test func `a call whose time is over is not computed`() {
        let answer = call(
            "inference.GRPCInferenceService/ModelInfer",
            framed(Self.request),
            headers: [("grpc-timeout", "0n")]
        )
        #expect(answer.status == "4")
    }

    @Test func `messages that are cut or changed anywhere end in a status`() {
        for position in Self.request.indices {
            #expect(infer(Array(Self.request[..<position])).status != "")
            for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var message = Self.request
                message[position] = byte
                #expect(infer(message).status != "")
            }
        }
    }

    @Test func `models are loaded and unloaded only where that is allowed`() {
        let body = framed(Self.field(2, "linear"))
        #expect(call("inference.GRPCInferenceService/RepositoryModelUnload", body).status == "9")
        #expect(call("inference.GRPCInferenceService/RepositoryModelLoad", body).status == "9")
    }

    @Test func `health is of the server and of the service`() {
        let serving: [UInt8] = [0, 0, 0, 0, 2, 8, 1]
        #expect(call("grpc.health.v1.Health/Check", framed([])).body == serving)
        #expect(
            call("grpc.health.v1.Health/Check", framed(Self.field(1, "inference.GRPCInferenceService"))).body == serving
        )
        #expect(call("grpc.health.v1.Health/Check", framed(Self.field(1, "x"))).status == "5")
        plane.drain()
        #expect(call("grpc.health.v1.Health/Check", framed([])).body == [0, 0, 0, 0, 2, 8, 2])
    }

    @Test func `every method is in the group that somebody chose for it`() {
        let groups: [CallGroup: Set<String>] = [
            .open: ["ServerLive", "ServerReady", "grpc.health.v1.Health/Check"],
            .inference: ["ModelInfer", "ModelStreamInfer"],
            .metadata: [
                "CudaSharedMemoryStatus", "ModelConfig", "ModelMetadata", "ModelReady", "ModelStatistics",
                "RepositoryIndex", "ServerMetadata", "SystemSharedMemoryStatus",
            ],
            .admin: [
                "CudaSharedMemoryRegister", "CudaSharedMemoryUnregister", "LogSettings", "RepositoryModelLoad",
                "RepositoryModelUnload", "SystemSharedMemoryRegister", "SystemSharedMemoryUnregister", "TraceSetting",
            ],
        ]
        let served = Dictionary(grouping: service.groups.map(\.self), by: \.value).mapValues { entries in
            Set(entries.map { $0.key.replacing("inference.GRPCInferenceService/", with: "") })
        }
        #expect(served == groups)
        #expect(service.group(of: HTTPRequest("POST", "/inference.GRPCInferenceService/New")) == .admin)
        #expect(service.group(of: HTTPRequest("GET", "/inference.GRPCInferenceService/ModelInfer")) == .inference)
    }

    @Test func `a call that is denied ends with the status for it`() {
        #expect(service.response(to: AccessKeys.Denial.noKey).header("grpc-status") == "16")
        #expect(service.response(to: AccessKeys.Denial.otherGroup(.admin)).header("grpc-status") == "7")
    }
}
