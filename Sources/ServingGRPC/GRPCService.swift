package import ServingCore
import ServingObservation
package import ServingTransport

/// The services of gRPC on an address: the Open Inference Protocol and health.
///
/// *Source*: gRPC over HTTP2.
package struct GRPCService: HTTPService {
    private let plane: DataPlane
    private let messageByteLimit: Int
    private let methods: [String: GRPCMethod]

    /// The services over the models of a data plane.
    ///
    /// *Parameter* messageByteLimit: the most bytes that a message may have when it is decompressed.
    package init(_ plane: DataPlane, messageByteLimit: Int) {
        self.plane = plane
        self.messageByteLimit = messageByteLimit
        methods = Dictionary(grpcMethods.map { ($0.name, $0) }) { first, _ in first }
    }

    package var isDraining: Bool { plane.isDraining }

    package func response(to refusal: Refusal) -> HTTPResponse {
        HTTPResponse(GRPCFailure(code: GRPCCode(refusal.status), message: refusal.message))
    }

    package func work(for request: HTTPRequest) -> HTTPWork {
        guard let type = request.values(of: "content-type").first, type.hasPrefix("application/grpc"),
            request.method == "POST", request.takesTrailers
        else {
            let text = Array("expected a call of gRPC over HTTP/2; the HTTP port serves the rest\n".utf8)
            return .immediate(
                HTTPResponse(status: .unsupportedMediaType, headers: [("content-type", "text/plain")], body: text)
            )
        }
        guard let method = methods[String(request.target.dropFirst())] else {
            let message = "the method `\(request.target.dropFirst())` is not served"
            return .immediate(HTTPResponse(GRPCFailure(code: .unimplemented, message: message)))
        }
        request.record?.setRoute(request.target, isInference: method.work == .queued)
        let answer = { @Sendable (work: WorkContext) -> HTTPResponse in
            do throws(GRPCFailure) {
                let head = try GRPCHead(request)
                let message = try head.message(request.body, limit: messageByteLimit)
                do throws(ServingError) {
                    let context = GRPCMethod.Context(
                        plane: plane,
                        work: work,
                        patience: head.timeout,
                        record: request.record
                    )
                    return HTTPResponse(try method.answer(message, context), head.answerEncoding)
                } catch {
                    throw GRPCFailure(error)
                }
            } catch {
                return HTTPResponse(error)
            }
        }
        switch method.work {
        case .immediate: return .immediate(answer(WorkContext()))
        case .queued: return .queued(QueuedWork(isShort: isShort(request), answer))
        case .background: return .background { answer(WorkContext()) }
        }
    }
}

extension GRPCService: GroupedService {
    /// The groups of the methods that are served, by their names.
    package var groups: [String: CallGroup] { methods.mapValues(\.group).merging(streamGroups) { group, _ in group } }

    package func group(of head: HTTPRequest) -> CallGroup {
        let name = String(head.target.dropFirst())
        return methods[name]?.group ?? streamGroups[name] ?? .admin
    }

    package func response(to denial: AccessKeys.Denial) -> HTTPResponse {
        var code = GRPCCode.unauthenticated
        if case .otherGroup = denial { code = .permissionDenied }
        return HTTPResponse(GRPCFailure(code: code, message: denial.message))
    }
}

/// The groups of the methods that are answered message by message.
let streamGroups: [String: CallGroup] = ["inference.GRPCInferenceService/ModelStreamInfer": .inference]

extension GRPCService {
    /// The path of the call that has many messages.
    static let streamTarget = "/inference.GRPCInferenceService/ModelStreamInfer"

    /// Whether the model that a call names answers as small requests as this in the time of a switch of threads.
    private func isShort(_ request: HTTPRequest) -> Bool {
        guard request.body.count <= InferenceRequest.shortByteCount, let name = leadingModelName(request.body),
            let model = try? plane.repository.model(name)
        else { return false }
        return model.statistics.isShort
    }

    package func stream(for head: HTTPRequest) -> (any HTTPStream)? {
        guard head.target == Self.streamTarget, let call = try? GRPCHead(head) else {
            return nil
        }
        return InferStream(plane, call, limit: messageByteLimit)
    }
}

/// The name in front of a framed `ModelInferRequest`, where every writer puts it; `nil` when something else stands there.
private func leadingModelName(_ frame: [UInt8]) -> String? {
    let isCompressed: UInt8 = 1
    let nameKey: UInt8 = 1 << 3 | 2
    guard frame.count > 7, frame[0] != isCompressed, frame[5] == nameKey, frame[6] < 0x80 else { return nil }
    let name = frame[7...].prefix(Int(frame[6]))
    return name.count == Int(frame[6]) ? String(validating: name, as: UTF8.self) : nil
}

/// A method that takes one message and answers with one.
struct GRPCMethod: Sendable {
    /// Where the work is done.
    enum Work: Sendable {
        case immediate
        case queued
        case background
    }

    /// What a call is answered from.
    struct Context: Sendable {
        let plane: DataPlane
        /// How the call came to its thread, and whether its client is there.
        let work: WorkContext
        /// How long the client waits, in nanoseconds.
        let patience: Int?
        /// What is noted of the call, when somebody wants to know.
        var record: RequestRecord?
    }

    /// The name with that of the service: `inference.GRPCInferenceService/ServerLive`.
    let name: String
    let work: Work
    /// The keys that open it.
    let group: CallGroup
    let answer: @Sendable (_ message: [UInt8], Context) throws(ServingError) -> [UInt8]

    /// A method; without a group of its own it is in the one that opens least.
    init(
        _ name: String,
        _ work: Work = .immediate,
        group: CallGroup = .admin,
        _ answer: @escaping @Sendable (_ message: [UInt8], Context) throws(ServingError) -> [UInt8]
    ) {
        self.name = name
        self.work = work
        self.group = group
        self.answer = answer
    }
}

/// The methods that are served.
let grpcMethods: [GRPCMethod] = inferenceMethods + modelMethods + repositoryMethods + serverMethods + settingsMethods

/// A method of the Open Inference Protocol.
func inferenceMethod(
    _ name: String,
    _ work: GRPCMethod.Work = .immediate,
    group: CallGroup = .admin,
    _ answer: @escaping @Sendable (_ message: [UInt8], GRPCMethod.Context) throws(ServingError) -> [UInt8]
) -> GRPCMethod {
    GRPCMethod("inference.GRPCInferenceService/\(name)", work, group: group, answer)
}

/// A message that fields are written into.
package func message(_ body: (inout MessageWriter) -> Void) -> [UInt8] {
    var writer = MessageWriter()
    body(&writer)
    return writer.bytes
}
