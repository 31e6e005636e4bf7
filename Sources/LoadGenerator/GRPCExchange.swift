import ServingTransport

/// Calls of gRPC over one connection of HTTP/2, several at a time.
final class GRPCExchange: LoadExchange, HTTP2ClientDelegate {
    private var session: HTTP2ClientSession?
    private var streams: [Int32: Stream] = [:]
    /// The bytes that the session has for the server.
    private var output: [UInt8] = []
    private var sentCount = 0
    private var finish: (LoadRequest, LoadOutcome) -> Void = { _, _ in }

    private struct Stream {
        let request: LoadRequest
        var status: Int?
        var grpcStatus: Int?

        var outcome: LoadOutcome {
            guard status == 200 else { return status.map { .status($0) } ?? .malformed }
            guard let grpcStatus else { return .malformed }
            return grpcStatus == 0 ? .answered : .grpcStatus(grpcStatus)
        }
    }

    init(fields: [(name: String, value: String)], body: [UInt8]) {
        session = HTTP2ClientSession(fields: fields, body: body, delegate: self)
    }

    var open: [LoadRequest] { streams.values.map(\.request) }

    var hasOutput: Bool { sentCount < output.count }

    func begin(_ request: LoadRequest) -> Bool {
        guard let session, let stream = session.request() else { return false }
        streams[stream] = Stream(request: request)
        return true
    }

    func flush(_ write: (UnsafeRawBufferPointer) -> Int?) -> Bool {
        while true {
            if !hasOutput {
                output.removeAll(keepingCapacity: true)
                sentCount = 0
                while output.count < 1 << 16, session?.send({ output.append(contentsOf: $0) }) ?? false {}
                guard hasOutput else { return true }
            }
            let count = output.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sentCount...])) }
            guard let count else { return false }
            guard count > 0 else { return true }
            sentCount += count
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer, _ finish: @escaping (LoadRequest, LoadOutcome) -> Void) -> Bool {
        self.finish = finish
        defer { self.finish = { _, _ in } }
        return session?.receive(bytes) ?? false
    }

    func addField(stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        let isStatus = name.elementsEqual(":status".utf8)
        guard isStatus || name.elementsEqual("grpc-status".utf8) else { return }
        let number = Int(String(decoding: value, as: UTF8.self))
        if isStatus { streams[stream]?.status = number } else { streams[stream]?.grpcStatus = number }
    }

    func close(stream: Int32, code: UInt32) {
        guard let ended = streams.removeValue(forKey: stream) else { return }
        let isWhole = code == 0 || ended.grpcStatus != nil
        finish(ended.request, isWhole ? ended.outcome : .connection("the stream was reset"))
    }
}
