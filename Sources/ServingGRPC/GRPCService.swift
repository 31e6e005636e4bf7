package import ServingCore
import ServingObservation
package import ServingTransport

/// The services of gRPC on an address: the Open Inference Protocol, health and reflection.
///
/// *Source*: gRPC over HTTP2.
package struct GRPCService: HTTPService {
    private let plane: DataPlane
    private let messageByteLimit: Int
    private let methods: [String: GRPCMethod]
    private let streamMethods: [String: GRPCStreamMethod]

    /// The services over the models of a data plane.
    ///
    /// *Parameter* messageByteLimit: the most bytes that a message may have when it is decompressed.
    package init(_ plane: DataPlane, messageByteLimit: Int) {
        self.plane = plane
        self.messageByteLimit = messageByteLimit
        methods = Dictionary(grpcMethods.map { ($0.name, $0) }) { first, _ in first }
        streamMethods = Dictionary(grpcStreamMethods.map { ($0.name, $0) }) { first, _ in first }
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
        let answer = { @Sendable (work: WorkContext, model: ServedModel?) -> HTTPResponse in
            do throws(GRPCFailure) {
                let head = try GRPCHead(request)
                let message = try head.message(request.body, limit: messageByteLimit)
                do throws(ServingError) {
                    let context = GRPCMethod.Context(
                        plane: plane,
                        work: work,
                        patience: head.timeout,
                        record: request.record,
                        field: { request.values(of: $0).first },
                        model: model
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
        case .immediate: return .immediate(answer(WorkContext(), nil))
        case .queued: return .queued(queued(request, answer))
        case .background: return .background { answer(WorkContext(), nil) }
        }
    }
}

extension GRPCService: GroupedService {
    /// The groups of the methods that are served, by their names.
    package var groups: [String: CallGroup] {
        methods.mapValues(\.group).merging(streamMethods.mapValues(\.group)) { group, _ in group }
    }

    package func group(of head: HTTPRequest) -> CallGroup {
        let name = String(head.target.dropFirst())
        return methods[name]?.group ?? streamMethods[name]?.group ?? .admin
    }

    package func response(to denial: AccessKeys.Denial) -> HTTPResponse {
        var code = GRPCCode.unauthenticated
        if case .otherGroup = denial { code = .permissionDenied }
        return HTTPResponse(GRPCFailure(code: code, message: denial.message))
    }
}

extension GRPCService {
    /// Tells the threads whose work a call of `ModelInfer` is, and how it is done together with others.
    private func queued(
        _ request: HTTPRequest,
        _ answer: @escaping @Sendable (WorkContext, ServedModel?) -> HTTPResponse
    ) -> QueuedWork {
        guard let name = leadingModelName(request.body), let named = try? plane.repository.model(name) else {
            return QueuedWork { answer($0, nil) }
        }
        let isSmall = request.body.count <= InferenceRequest.shortByteCount
        // PERF: a request for a model without settings is not looked at twice.
        guard named.settings != ModelSettings(), let head = try? GRPCHead(request),
            GRPCHead.isPlainMessage(request.body, limit: messageByteLimit),
            let outline = InferOutline(request.body, from: GRPCHead.prefixByteCount),
            let model = try? plane.repository.model(outline, answering: { request.values(of: $0).first })
        else {
            var work = QueuedWork(isShort: isSmall && named.statistics.isShort) { answer($0, nil) }
            work.group = named
            return work
        }
        var work = QueuedWork(isShort: isSmall && model.statistics.isShort) { answer($0, model) }
        let inference = QueuedInference(plane: plane, patience: head.timeout, record: request.record) {
            HTTPResponse($0, head.answerEncoding)
        } fail: {
            HTTPResponse(GRPCFailure($0))
        }
        inference.place(&work, for: model, outline, request.body, from: GRPCHead.prefixByteCount)
        return work
    }

    package func stream(for head: HTTPRequest) -> (any HTTPStream)? {
        guard let method = streamMethods[String(head.target.dropFirst())], let call = try? GRPCHead(head) else {
            return nil
        }
        return method.begin(
            GRPCStreamMethod.Call(
                head: call,
                plane: plane,
                messageByteLimit: messageByteLimit,
                isInference: method.group == .inference,
                field: { head.values(of: $0).first }
            )
        )
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
        /// The value of a field of the call's metadata, by its name in lower case.
        var field: @Sendable (String) -> String? = { _ in nil }
        /// The model that answers, once it is chosen.
        var model: ServedModel?

        /// The model that answers a request which names these.
        func answeringModel(_ name: String, _ version: String?) throws(ServingError) -> ServedModel {
            if let model { return model }
            return try plane.repository.model(name, version: version, answering: field)
        }
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
