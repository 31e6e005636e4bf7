import ServingObservation
import ServingTransport

/// Messages that come one after the other in one call, each of which is answered in its turn.
struct MessageStream: HTTPStream {
    /// The work that answers a message.
    typealias Answer = @Sendable (_ message: [UInt8], RequestRecord?) -> HTTPWork

    private let call: GRPCStreamMethod.Call
    private let answer: Answer
    private var messages: GRPCMessages
    private var failure: GRPCFailure?
    var record: RequestRecord?

    init(_ call: GRPCStreamMethod.Call, answer: @escaping Answer) {
        self.call = call
        self.answer = answer
        messages = GRPCMessages(encoding: call.head.encoding, limit: call.messageByteLimit)
    }

    var headers: [(name: String, value: String)] { call.head.answerHeaders }

    var pendingByteCount: Int { messages.byteCount }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [HTTPWork] {
        guard failure == nil else { return [] }
        messages.append(bytes)
        var work: [HTTPWork] = []
        do throws(GRPCFailure) {
            while let message = try messages.next() {
                let record = record?.message(byteCount: message.count)
                record?.setRoute("/" + call.head.method, isInference: call.isInference)
                work.append(answer(message, record))
            }
        } catch {
            failure = error
            work.append(.immediate(HTTPResponse(end: error)))
        }
        return work
    }

    mutating func finish() -> HTTPWork? {
        let rest = GRPCFailure(code: .internal, message: "the last message is cut off")
        return .immediate(HTTPResponse(end: failure ?? (messages.isEmpty ? nil : rest)))
    }
}

extension GRPCHead {
    /// The fields of the head of an answer in parts.
    var answerHeaders: [(name: String, value: String)] {
        [("content-type", "application/grpc")] + (answerEncoding.map { [("grpc-encoding", $0.grpcName)] } ?? [])
    }
}
