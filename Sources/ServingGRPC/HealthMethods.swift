import Diagnostics
import OnnxReader
import ServingCore
import ServingObservation
import ServingTransport

/// *Source*: gRPC Health Checking Protocol, `ServingStatus`.
private enum HealthStatus: Int {
    case serving = 1
    case notServing = 2
    case serviceUnknown = 3

    /// The status of a service; of the server for an empty name.
    init(_ service: String, _ plane: DataPlane) {
        let isKnown = service.isEmpty || grpcServices.contains(service)
        self = !isKnown ? .serviceUnknown : plane.isReady ? .serving : .notServing
    }

    var message: [UInt8] { ServingGRPC.message { $0.write(1, rawValue) } }
}

/// The names of the services.
private let grpcServices = Set(
    (grpcMethods.map(\.name) + grpcStreamMethods.map(\.name)).map { String($0.prefix { $0 != "/" }) }
)

/// Asks for the health of the server once.
let healthCheck = GRPCMethod("grpc.health.v1.Health/Check", group: .open) { bytes, context throws(ServingError) in
    let service = try healthService(bytes)
    let status = HealthStatus(service, context.plane)
    guard status != .serviceUnknown else {
        throw ServingError(.modelNotFound, "the service `\(service)` is not served")
    }
    return status.message
}

/// Tells the health of the server now, and whenever it changes.
let healthWatch = GRPCStreamMethod(name: "grpc.health.v1.Health/Watch", group: .open) { HealthWatch($0) }

/// A call that tells the health of a service until its client goes, or the server does.
private struct HealthWatch: HTTPStream {
    private let call: GRPCStreamMethod.Call
    private let listener: ChangeSignal.Listener
    private var messages: GRPCMessages
    /// The service that is watched, once the request has come.
    private var service: String?
    private var told: HealthStatus?
    private var isOver = false
    var record: RequestRecord?

    init(_ call: GRPCStreamMethod.Call) {
        self.call = call
        listener = call.plane.changes.listener()
        messages = GRPCMessages(encoding: call.head.encoding, limit: call.messageByteLimit)
    }

    var headers: [(name: String, value: String)] { call.head.answerHeaders }

    var pendingByteCount: Int { messages.byteCount }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [HTTPWork] {
        guard service == nil, !isOver else { return [] }
        messages.append(bytes)
        do throws(GRPCFailure) {
            guard let message = try messages.next() else { return [] }
            do throws(ServingError) { service = try healthService(message) } catch { throw GRPCFailure(error) }
            return []
        } catch {
            return [end(error)]
        }
    }

    mutating func finish() -> HTTPWork? {
        guard service == nil, !isOver else { return nil }
        return end(GRPCFailure(code: .internal, message: "the call has no message, expected one"))
    }

    var isWatching: Bool { true }

    mutating func next(_ again: @escaping @Sendable () -> Void) -> HTTPWork? {
        guard let service, !isOver else { return nil }
        // Before the look, so that no change is missed.
        listener.wait(again)
        let status = HealthStatus(service, call.plane)
        if status != told {
            told = status
            return .immediate(HTTPResponse(part: status.message, nil))
        }
        guard call.plane.isDraining else { return nil }
        return end(GRPCFailure(code: .unavailable, message: "the server is shutting down"))
    }

    private mutating func end(_ failure: GRPCFailure) -> HTTPWork {
        isOver = true
        record?.end(status: 200, grpcStatus: failure.code.rawValue, byteCount: 0)
        return .immediate(HTTPResponse(end: failure))
    }
}

private func healthService(_ bytes: [UInt8]) throws(ServingError) -> String {
    var service = ""
    try MessageReader.read(bytes, "HealthCheckRequest") { reader, field throws(ServingError) in
        guard field.number == 1 else { return false }
        service = try reader.string(field)
        return true
    }
    return service
}
