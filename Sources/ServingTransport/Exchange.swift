import NIOCore
import ServingObservation

/// A request on its way to its answer, with what is noted of it.
///
/// Where nobody wants to know, and the client has sent no id, there is nothing in it.
struct Exchange: Sendable {
    /// The id that the answer gives back.
    private let id: String?
    /// What is noted of the request.
    let record: RequestRecord?

    /// The exchange that a request begins.
    ///
    /// *Parameter* protocolName: `HTTP/1.1` or `HTTP/2`.
    /// *Parameter* peer: the client's address.
    init(
        _ request: HTTPRequest,
        _ protocolName: String,
        byteCount: Int,
        peer: @autoclosure () -> String,
        observer: RequestObserver?
    ) {
        let sent = request.firstValue(of: RequestID.header)
        guard sent != nil || observer != nil else {
            id = nil
            record = nil
            return
        }
        let isTaken = sent.map(RequestID.isTaken) ?? false
        let id = isTaken ? sent : nil
        let head = observer.map { _ in
            RequestRecord.Head(
                protocolName: protocolName,
                method: request.method,
                target: request.target,
                peer: peer(),
                userAgent: request.firstValue(of: "user-agent") ?? "",
                byteCount: byteCount
            )
        }
        guard let observer, let head else {
            self.id = id ?? RequestID.make()
            record = nil
            return
        }
        let record = observer.begin(
            head,
            id: id,
            parents: request.values(of: TraceContext.parentHeader),
            states: request.values(of: TraceContext.stateHeader)
        )
        self.id = record.id
        self.record = record
    }

    /// Nothing is known of the request.
    init() {
        id = nil
        record = nil
    }

    /// The fields that every answer to the request has.
    var headers: [(name: String, value: String)] { id.map { [(RequestID.header, $0)] } ?? [] }

    /// Notes the answer, and gives it the request's id.
    func end(_ response: inout HTTPResponse) {
        if let id { response.headers.append((RequestID.header, id)) }
        record?.end(
            status: response.status.rawValue,
            grpcStatus: response.grpcStatus,
            byteCount: response.body.count
        )
    }

    /// Notes that the client left before it was answered.
    func abandon() { record?.end(status: RequestRecord.clientLeft, byteCount: 0) }
}

extension HTTPRequest {
    /// The value of the first header field of a name, which has no case.
    ///
    /// *Parameter* name: in lower case.
    fileprivate func firstValue(of name: String) -> String? {
        // PERF: asked for each request; no string is made of names of another length.
        headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
    }
}

extension HTTPResponse {
    /// How a call of gRPC ended; `nil` for another protocol.
    fileprivate var grpcStatus: Int? {
        let fields = trailers.isEmpty ? headers : trailers
        return fields.first { $0.name == "grpc-status" }.flatMap { Int($0.value) }
    }
}

extension Channel {
    /// The address of the other end, with its port; empty when there is none.
    var peerName: String {
        guard let address = remoteAddress, let ip = address.ipAddress, let port = address.port else { return "" }
        return ip.utf8.contains(UInt8(ascii: ":")) ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
